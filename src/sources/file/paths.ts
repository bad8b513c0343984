import { existsSync, globSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Millis } from '../../core/time.ts'

/** A path that is to be looked at. */
export interface WatchedPath {
  readonly path: string
  /** Named as it stands, not found through a pattern: it is waited for. */
  readonly named: boolean
  /** `Facts.key` of the file that it led to. */
  key: string | undefined
  /** `Tail.since` of what it led to last; Infinity while nothing was read there. */
  since: Millis
  /** When something last changed there, and when it is to be looked at again. */
  active: Millis
  due: Millis
}

/** The paths that the user's paths and patterns stand for at the moment. */
export class Paths {
  readonly entries = new Map<string, WatchedPath>()
  readonly #patterns: readonly string[]
  /** When something last came to or went from a folder, as the file system says. */
  readonly #touched = new Map<string, bigint | undefined>()

  constructor(paths: readonly string[]) {
    this.#patterns = paths.map(path => resolve(path)).filter(path => isPattern(path))
    for (const path of paths.map(path => resolve(path)))
      if (!isPattern(path)) this.entries.set(path, entry(path, true))
  }

  /** Looks for files that match now; those that no longer do are let go. Returns what was let go. */
  refresh(): WatchedPath[] {
    if (this.#patterns.length === 0) return []
    const found = new Set(globSync(this.#patterns))
    for (const path of found) if (!this.entries.has(path)) this.entries.set(path, entry(path, false))
    const gone = [...this.entries.values()].filter(({ path, named }) => !named && !found.has(path))
    for (const { path } of gone) this.entries.delete(path)
    return gone
  }

  /** Patterns that nothing can match yet, and why. */
  waiting(): [pattern: string, why: string][] {
    return this.#patterns.flatMap((pattern): [string, string][] => {
      const folder = fixedPart(pattern)
      return existsSync(folder) ? [] : [[pattern, `its folder ${folder} does not exist; Visor waits for it`]]
    })
  }

  /** The paths in folders in which files came or went since the last call. */
  touched(): WatchedPath[] {
    const folders = new Set<string>()
    for (const folder of this.folders()) {
      const when = touchedAt(folder)
      if (when !== this.#touched.get(folder)) folders.add(folder)
      this.#touched.set(folder, when)
    }
    return [...this.entries.values()].filter(({ path }) => folders.has(dirname(path)))
  }

  /** Folders in which files can appear. */
  folders(): Set<string> {
    const folders = new Set(this.#patterns.map(pattern => fixedPart(pattern)))
    for (const path of this.entries.keys()) folders.add(dirname(path))
    return folders
  }
}

function entry(path: string, named: boolean): WatchedPath {
  return { path, named, key: undefined, since: Infinity, active: -Infinity, due: -Infinity }
}

/** A path that exists as it stands is no pattern, whatever characters it has. */
export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path) && !existsSync(path)
}

/** The deepest folder of a pattern that has no special characters. */
function fixedPart(pattern: string): string {
  return dirname(pattern.slice(0, pattern.search(/[*?[{]/)) + 'x')
}

/** `undefined` for a folder that is not there or may not be seen. */
function touchedAt(folder: string): bigint | undefined {
  try {
    return statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs
  } catch {
    return undefined
  }
}
