const LF = 10

/** How many lines end within `bytes[from, to)`. */
export function countLineEnds(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let count = 0
  for (let at = from; at < to; at++) if (bytes[at] === LF) count++
  return count
}

/** Where the line ends that holds the byte at `at`, its line end included; the end of the bytes when it does not end. */
export function endOfLine(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(LF, at)
  return end < 0 ? bytes.length : end + 1
}

/** Where the `count`th line from `from` on ends; the end of the bytes when there are fewer. */
export function endOfLines(bytes: Uint8Array, from: number, count: number): number {
  let end = from
  for (let line = 0; line < count && end < bytes.length; line++) end = endOfLine(bytes, end)
  return end
}

/** Where the last line of `bytes[from, to)` ends that ends in it; `from` when none does. */
export function lastLineEnd(bytes: Uint8Array, from: number, to: number): number {
  return to > from ? Math.max(from, bytes.lastIndexOf(LF, to - 1) + 1) : from
}
