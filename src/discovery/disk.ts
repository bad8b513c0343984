import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../core/errors.ts'

/** The files of a configuration, so that tests can have their own. */
export interface Disk {
  /** The text of a file, or why it cannot be read. */
  read(path: string): { readonly text: string } | { readonly problem: string; readonly cause?: unknown }
  /** The files that a path or pattern means, in order; those under a folder where it is one. */
  list(pattern: string): string[]
  exists(path: string): boolean
}

/** Larger files are no configuration. */
const LARGEST = 16 * 1024 * 1024

/** The disk of this machine. */
export const disk: Disk = {
  read(path) {
    try {
      if (statSync(path).size > LARGEST) return { problem: 'it is larger than 16 MiB' }
      return { text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') }
    } catch (error) {
      const reasons: Readonly<Record<string, string>> = {
        ENOENT: 'it does not exist',
        EACCES: 'it may not be read',
        EISDIR: 'it is a folder'
      }
      const code = systemCode(error) ?? ''
      return { problem: reasons[code] ?? code, cause: error }
    }
  },
  list(pattern) {
    const found = /[*?[]/.test(pattern) ? globSync(pattern) : existsSync(pattern) ? [pattern] : []
    return found.toSorted().flatMap(path =>
      isFolder(path)
        ? globSync(join(path, '**/*'))
            .toSorted()
            .filter(inner => !isFolder(inner))
        : [path]
    )
  },
  exists: path => existsSync(path)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
