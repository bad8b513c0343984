import { globSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isPattern } from '../file/paths.ts'

/**
 * The files that paths stand for, in their order: a folder stands for all files in it and below, but hidden ones, a pattern
 * (`*`, `?`, `[…]`, `{…}`, `**`) for those that it matches, both by name. What stands for no file is left as it is: who opens it
 * says what is wrong, while others are read.
 */
export function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap(path => {
    const is = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })
    const files = is?.isDirectory()
      ? filesIn(path)
      : isPattern(path)
        ? globSync(path).sort().filter(isFile)
        : []
    return files.length > 0 ? files : [path]
  })
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return filesIn(path)
    // A link to a folder might lead back.
    return entry.isFile() || (entry.isSymbolicLink() && isFile(path)) ? [path] : []
  })
}

/** A file, or a link to what is not there: whoever opens that says so. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true
}
