import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/**
 * Compresses a file as gzip does: under its name with `.gz`, with the time of its last writing. `during` happens when half
 * is written, when all is, and when the file is gone.
 */
export function pack(path: string, during: () => void = () => {}): void {
  const { atime, mtime } = statSync(path)
  const packed = gzipSync(readFileSync(path))
  writeFileSync(`${path}.gz`, packed.subarray(0, packed.length / 2))
  during()
  writeFileSync(`${path}.gz`, packed)
  utimesSync(`${path}.gz`, atime, mtime)
  during()
  rmSync(path)
  during()
}
