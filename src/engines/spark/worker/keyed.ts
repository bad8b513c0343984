import { isAscii } from 'node:buffer'

const LF = 10
const TAB = 9

/** How many bytes are gathered before they are looked at: a pipe brings 8 KiB at a time, and little at once is slow to scan. */
const PIECE_BYTES = 256 * 1024

/** Rows behind one another that have the same key: their lines, each with its line end, byte for byte. */
export interface KeyedLines {
  readonly key: string
  /** Valid until the next is asked for. */
  readonly bytes: Uint8Array
}

/**
 * Lines that Spark hands to a worker as rows of two columns: a key without tabs, and the line's bytes as characters of
 * ISO-8859-1. `read` is as `readSync` of `node:fs`: it waits, and gives 0 at the end.
 * @throws RangeError when the last row has no end: whoever wrote it was cut off
 */
export function* keyedLines(read: (into: Buffer) => number, size = PIECE_BYTES): Generator<KeyedLines> {
  for (const piece of wholeRows(read, size)) yield* runsIn(piece)
}

function* wholeRows(read: (into: Buffer) => number, size: number): Generator<Buffer> {
  let buffer = Buffer.allocUnsafe(size)
  let filled = 0
  for (let got = 1; got > 0; filled += got) {
    if (filled === buffer.length) {
      const end = buffer.lastIndexOf(LF) + 1
      if (end > 0) yield buffer.subarray(0, end)
      const rest = buffer.subarray(end)
      buffer = end > 0 ? buffer : Buffer.allocUnsafe(2 * size)
      size = buffer.length
      rest.copy(buffer)
      filled = rest.length
    }
    got = read(buffer.subarray(filled))
  }
  if (filled > 0 && buffer[filled - 1] !== LF) throw new RangeError('the last row has no end')
  if (filled > 0) yield buffer.subarray(0, filled)
}

/** Takes the keys off, in place. */
function* runsIn(piece: Buffer): Generator<KeyedLines> {
  for (let at = 0; at < piece.length;) {
    const begin = at
    const key = Buffer.from(piece.subarray(at, piece.indexOf(TAB, at) + 1))
    let to = begin
    while (at < piece.length && isAt(piece, at, key)) {
      const from = at + key.length
      at = piece.indexOf(LF, from) + 1
      piece.copyWithin(to, from, at)
      to += at - from
    }
    yield { key: key.toString('latin1', 0, key.length - 1), bytes: bytesOf(piece.subarray(begin, to)) }
  }
}

function isAt(piece: Buffer, at: number, key: Buffer): boolean {
  for (let i = 0; i < key.length; i++) if (piece[at + i] !== key[i]) return false
  return true
}

function bytesOf(text: Buffer): Buffer {
  return isAscii(text) ? text : Buffer.from(text.toString('utf8'), 'latin1')
}
