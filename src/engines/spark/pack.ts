import { deserialize, serialize } from 'node:v8'
import { promisify } from 'node:util'
import { constants, crc32, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { hashText } from '../../core/sketch.ts'
import type { AnswerRow } from './protocol.ts'

/**
 * Bytes that a payload begins with, a CRC-32 and the end of its length, and how many characters of base64 that are. It is to
 * show accidents; a cryptographic hash takes longer to load than a small task has.
 */
const CHECK_BYTES = 6
const CHECK_CHARACTERS = 8

/** Where a row belongs. */
type Place = Omit<AnswerRow, 'payload'>

/** A row of a value: base64, which nothing on the way changes, with a hash of the whole row that shows if something did. */
export function packRow(place: Place, value: unknown): AnswerRow {
  const bytes = zstdCompressSync(serialize(value))
  return { ...place, payload: Buffer.concat([checkOf(place, bytes), bytes]).toString('base64') }
}

/**
 * The value of a row, of the type that it was packed as. Node 22 and 24 read what the other wrote.
 * @throws RangeError for a row that `packRow` did not give
 */
export function unpackRow(row: AnswerRow): ReturnType<typeof deserialize> {
  const all = Buffer.from(row.payload, 'base64')
  const bytes = all.subarray(CHECK_BYTES)
  // What decodes to the same bytes need not be the same text.
  if (!checkOf(row, bytes).equals(all.subarray(0, CHECK_BYTES)) || all.toString('base64') !== row.payload)
    throw new RangeError(`task ${row.task}: a row of the kind "${row.kind}" is not what a worker wrote`)
  return deserialize(zstdDecompressSync(bytes))
}

function checkOf({ task, part, kind }: Place, bytes: Uint8Array): Buffer {
  const check = Buffer.alloc(CHECK_BYTES)
  check.writeUInt32BE(crc32(bytes, crc32(`${task} ${part} ${kind}\n`)))
  check.writeUInt16BE(bytes.length & 0xffff, 4)
  return check
}

/** A row as a worker writes it: the columns of Spark's plan with tabs between them. */
export function rowText({ task, part, kind, payload }: AnswerRow): string {
  return `${task}\t${part}\t${kind}\t${payload}\n`
}

const compress = promisify(zstdCompress)
const QUICK = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Bytes as they ride in a plan. What they cost Spark goes with their size, ten times what it costs to make lines small. */
export async function packData(data: Uint8Array): Promise<Uint8Array> {
  return data.length === 0 ? data : compress(data, QUICK)
}

/** The inverse of `packData`. @throws Error for other bytes */
export function unpackData(packed: Uint8Array): Buffer {
  return packed.length === 0 ? Buffer.alloc(0) : zstdDecompressSync(packed)
}

/** How many rows, and the sum of their hashes: what shows that a row is missing, or there twice. Sums add up in any order. */
export interface RowSum {
  readonly rows: number
  readonly sum: number
}

/** Of some rows, as they say themselves. */
export function sumOf(rows: readonly AnswerRow[]): RowSum {
  return rows.map(hashOf).reduce(addSums, { rows: 0, sum: 0 })
}

function hashOf({ task, part, kind, payload }: AnswerRow): RowSum {
  return { rows: 1, sum: hashText(`${task} ${part} ${kind} ${payload.slice(0, CHECK_CHARACTERS)}`) }
}

export function addSums(a: RowSum, b: RowSum): RowSum {
  return { rows: a.rows + b.rows, sum: a.sum + b.sum }
}
