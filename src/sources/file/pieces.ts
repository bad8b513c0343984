import { closeSync } from 'node:fs'
import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import { slice } from '../bytes.ts'
import { gunzip } from '../compression.ts'
import { type Candidate, candidateAt, openOrNot, packedRotationsOf, rotationsOf } from './copies.ts'
import { inodeOf } from './facts.ts'
import { digest } from './fingerprint.ts'
import { namedCompressed } from './names.ts'
import { parsePosition, type FilePosition } from './position.ts'

/** What of a file's beginning is looked at to know it again. */
const HEAD_BYTES = 1024

/** A log as it stands, or one of those that rotation made of it. */
export interface LogPiece {
  readonly path: string
  /** Its inode with its time of birth. */
  readonly key: string
  readonly modified: Millis
  readonly packed: boolean
  /** Its first bytes, unpacked. */
  readonly head: Uint8Array
}

/** The log at a path with its rotated and compressed pieces, those that were written first first. */
export async function piecesOf(path: string): Promise<LogPiece[]> {
  const found = [...candidateAt(path), ...rotationsOf(path, -Infinity), ...packedRotationsOf(path, -Infinity)]
  const unique = [...new Map(found.map(one => [one.facts.key, one])).values()]
  unique.sort((a, b) => a.facts.modified - b.facts.modified)
  return Promise.all(unique.map(pieceOf))
}

async function pieceOf({ path, facts: { key, modified } }: Candidate): Promise<LogPiece> {
  const packed = namedCompressed(path)
  return { path, key: inodeOf(key), modified, packed, head: await headOf(path, packed) }
}

/** Of what cannot be read there is none. */
async function headOf(path: string, packed: boolean): Promise<Uint8Array> {
  const opened = openOrNot(path)
  if (!opened) return new Uint8Array(0)
  try {
    if (!packed) return slice(opened.fd, 0, HEAD_BYTES)
    for await (const bytes of gunzip(opened.fd)) return bytes.slice(0, HEAD_BYTES)
  } catch {
    // Whoever reads it hears why.
  } finally {
    closeSync(opened.fd)
  }
  return new Uint8Array(0)
}

/** What a source has read of a piece. */
export interface PieceReading {
  /** Bytes before this were not to be read; those from `to` on may still come. */
  readonly passed: number
  readonly to: number
}

/**
 * Which of some positions is that of a piece: the file is the same, or begins with the same bytes, as what is compressed
 * does. `undefined` where none is: nobody has ever read it.
 */
export function pieceReading(piece: LogPiece, positions: readonly Position[]): PieceReading | undefined {
  const known = positions.flatMap(position => parsePosition(position) ?? [])
  const isSame = ({ key }: FilePosition): boolean => inodeOf(key) === piece.key
  const alike = known.filter(
    one =>
      (one.headLength > 0 || isSame(one)) &&
      one.headLength <= piece.head.length &&
      digest(piece.head.subarray(0, one.headLength)) === one.head
  )
  const same = alike.filter(isSame)
  const [found, ...more] = same.length > 0 ? same : alike
  // Of several that begin alike it is not known which it is.
  if (!found || more.length > 0) return found && { passed: 0, to: Infinity }
  return { passed: found.passed, to: found.finished ? Infinity : found.offset }
}

/** When anything of some files was first looked at; Infinity where nothing was. */
export function firstLook(positions: readonly Position[]): Millis {
  return Math.min(Infinity, ...positions.map(position => parsePosition(position)?.since ?? Infinity))
}
