import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { AnswerRow } from './protocol.ts'

/** Bytes of the hash that a payload begins with, and how many characters of base64 that are. */
const CHECK_BYTES = 6
const CHECK_CHARACTERS = 8

/** Where a row belongs. */
type Place = Omit<AnswerRow, 'payload'>

/** A row of a value: base64, which nothing on the way changes, with a hash of the whole row that shows if something did. */
export function packRow(place: Place, value: unknown): AnswerRow {
  const bytes = zstdCompressSync(serialize(value))
  return { ...place, payload: Buffer.concat([checkOf(place, bytes), bytes]).toString('base64') }
}

/** The value of a row, of the type that it was packed as. @throws RangeError for a row that `packRow` did not give */
export function unpackRow(row: AnswerRow): ReturnType<typeof deserialize> {
  const all = Buffer.from(row.payload, 'base64')
  const bytes = all.subarray(CHECK_BYTES)
  // What decodes to the same bytes need not be the same text.
  if (!checkOf(row, bytes).equals(all.subarray(0, CHECK_BYTES)) || all.toString('base64') !== row.payload)
    throw new RangeError(`task ${row.task}: a row of the kind "${row.kind}" is not what a worker wrote`)
  return deserialize(zstdDecompressSync(bytes))
}

function checkOf({ task, part, kind }: Place, bytes: Uint8Array): Buffer {
  const hash = createHash('sha1').update(`${task} ${part} ${kind}\n`).update(bytes)
  return hash.digest().subarray(0, CHECK_BYTES)
}

/** A row as a worker writes it: the columns of Spark's plan with tabs between them. */
export function rowText({ task, part, kind, payload }: AnswerRow): string {
  return `${task}\t${part}\t${kind}\t${payload}\n`
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

function hashOf({ payload }: AnswerRow): RowSum {
  const check = Buffer.from(payload.slice(0, CHECK_CHARACTERS), 'base64')
  return { rows: 1, sum: check.length === CHECK_BYTES ? check.readUIntBE(0, CHECK_BYTES) : 0 }
}

export function addSums(a: RowSum, b: RowSum): RowSum {
  return { rows: a.rows + b.rows, sum: (a.sum + b.sum) % 2 ** (8 * CHECK_BYTES) }
}
