import { readSync } from 'node:fs'

/** Reads at byte `at` of a file until `into` is full; returns how many bytes, fewer only where the file ends. */
export function readAt(fd: number, into: Uint8Array, at: number): number {
  let got = 0
  while (got < into.length) {
    const count = readSync(fd, into, got, into.length - got, at + got)
    if (count === 0) break
    got += count
  }
  return got
}

/** The bytes from `from` up to `to`, cut where the file ends. */
export function slice(fd: number, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from)
  return bytes.subarray(0, readAt(fd, bytes, from))
}

/** Where, in the first `size` bytes, the last line begins that has no end there; `size` when none does. */
export function lastLineStart(fd: number, size: number): number {
  const block = 65_536
  for (let end = size; end > 0; end -= block) {
    const newline = slice(fd, Math.max(0, end - block), end).lastIndexOf(10)
    if (newline >= 0) return Math.max(0, end - block) + newline + 1
  }
  return 0
}
