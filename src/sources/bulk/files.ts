import { globSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { VisorError } from '../../core/errors.ts'

/** What a pattern has that is more than a name. */
const PATTERN = /[*?[{]/

/**
 * The files that paths stand for, in their order: a folder stands for all files in it and below, but hidden ones, a pattern
 * (`*`, `?`, `[…]`, `{…}`, `**`) for those that it matches, both by name. What is neither is left to who opens it.
 * @throws VisorError FILE_MISSING where a folder is empty or a pattern matches nothing
 */
export function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap(path => {
    const is = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })
    if (is?.isDirectory()) return some(filesIn(path), `${path}: there are no files in this folder`)
    if (is || path === '-' || !PATTERN.test(path)) return [path]
    const matched = globSync(path).sort()
    const files = matched.flatMap(one => (statSync(one).isDirectory() ? [] : [one]))
    return some(files, `${path}: no file matches`)
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

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function some(files: string[], problem: string): string[] {
  if (files.length === 0) throw new VisorError('FILE_MISSING', problem)
  return files
}
