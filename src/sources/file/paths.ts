import { existsSync, globSync } from 'node:fs'
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
function isPattern(path: string): boolean {
  return /[*?[{]/.test(path) && !existsSync(path)
}

/** The deepest folder of a pattern that has no special characters. */
function fixedPart(pattern: string): string {
  return dirname(pattern.slice(0, pattern.search(/[*?[{]/)) + 'x')
}
