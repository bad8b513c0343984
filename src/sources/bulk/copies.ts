import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { slice } from '../bytes.ts'

/** A file that is not to be read, and which other one has all of its lines. */
export interface CopiedFile {
  readonly path: string
  readonly of: string
}

/**
 * Files without those of which another one has all lines: the same file under another name, and `x.log.gz` beside `x.log` where it
 * was packed of that or of its beginning. A log that was put aside under such a name is none.
 */
export function withoutCopies(paths: readonly string[]): {
  readonly files: readonly string[]
  readonly copies: readonly CopiedFile[]
} {
  const places = new Map<string, string>()
  const copies = new Map<string, string>()
  for (const path of paths) {
    const place = placeOf(path)
    const known = places.get(place)
    if (known === undefined || path === '-') places.set(place, path)
    else copies.set(path, known)
  }
  for (const path of places.values()) {
    const plain = path.endsWith('.gz') ? places.get(placeOf(path.slice(0, -3))) : undefined
    if (plain !== undefined && isPacked(path, plain)) copies.set(path, plain)
  }
  const files = [...places.values()].filter(path => !copies.has(path))
  return { files, copies: Array.from(copies, ([path, of]) => ({ path, of })) }
}

/** Where a file is, whatever links lead there; who opens one that is missing says so. */
function placeOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const TRAILER = 8
const PIECE = 1 << 20

/** Whether a gzip file of one member is of the bytes that a plain one begins with, by the checksum at its end (RFC 1952). */
function isPacked(path: string, plain: string): boolean {
  const open: number[] = []
  try {
    const [packed, whole] = [path, plain].map(one => open[open.push(openSync(one, 'r')) - 1]!)
    const { size } = fstatSync(packed!)
    const trailer = Buffer.from(slice(packed!, Math.max(0, size - TRAILER), size))
    if (trailer.length < TRAILER) return false
    const [checksum, length] = [trailer.readUInt32LE(0), trailer.readUInt32LE(4)]
    return length > 0 && length <= fstatSync(whole!).size && checksumOf(whole!, length) === checksum
  } catch {
    // Whoever reads them says what is wrong.
    return false
  } finally {
    for (const fd of open) closeSync(fd)
  }
}

function checksumOf(fd: number, length: number): number {
  const piece = Buffer.allocUnsafe(PIECE)
  let sum = 0
  for (let at = 0; at < length;) {
    const read = readSync(fd, piece, 0, Math.min(PIECE, length - at), at)
    if (read === 0) break
    sum = crc32(piece.subarray(0, read), sum)
    at += read
  }
  return sum
}
