import type { Disk } from '../disk.ts'

/** A disk of files in memory. */
export function memoryDisk(files: Readonly<Record<string, string>>): Disk {
  const paths = Object.keys(files).toSorted()
  return {
    read: path =>
      Object.hasOwn(files, path) ? { text: files[path] ?? '' } : { problem: 'it does not exist' },
    list: pattern => {
      const source = pattern
        .replaceAll(/[.+^$(){}|\\]/g, String.raw`\$&`)
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')
      return paths.filter(path => new RegExp(`^${source}(/.*)?$`).test(path))
    },
    exists: path => paths.includes(path)
  }
}
