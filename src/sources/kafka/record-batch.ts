import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { compressionsAlgorithms, crc32c } from '@platformatic/kafka'

/*
 * Kafka's record batch, format 2: https://kafka.apache.org/documentation/#recordbatch
 * The client library makes several objects of each message; read like this, a line takes a tenth of the time.
 */

/** Bytes before the length of a batch ends, and before its records begin. */
const PREFIX = 12
const HEAD = 61
const MAGIC = 2
const COMPRESSION = 0b111
const TRANSACTIONAL = 1 << 4
const CONTROL = 1 << 5

/** Messages that were stored together, still compressed. */
export interface RecordBatch {
  /** The offset that those of its messages are counted from. */
  readonly base: number
  /** The offset behind its last message. */
  readonly next: number
  /** Which leader of the partition took it. */
  readonly epoch: number
  readonly producer: bigint
  readonly transactional: boolean
  /** It marks the end of a transaction, and has no lines. */
  readonly control: boolean
  readonly compression: number
  /** How many messages there are in it. */
  readonly count: number
  readonly records: Buffer
}

/**
 * The batches in the bytes of a response; half a one at the end is left out.
 * @throws Error for bytes that are no batch, or were changed on their way
 */
export function batchesIn(bytes: Buffer): RecordBatch[] {
  const batches: RecordBatch[] = []
  for (let at = 0; bytes.length - at >= HEAD;) {
    const end = at + PREFIX + bytes.readInt32BE(at + 8)
    if (end > bytes.length) break
    batches.push(readBatch(bytes.subarray(at, end)))
    at = end
  }
  return batches
}

function readBatch(bytes: Buffer): RecordBatch {
  const base = Number(bytes.readBigInt64BE(0))
  const magic = bytes.readInt8(16)
  if (magic !== MAGIC)
    throw new Error(`message ${base} is stored in the old format ${magic}, which is not read`)
  if (crc32c(bytes.subarray(21)) !== bytes.readUInt32BE(17))
    throw new Error(`message ${base} is damaged: its checksum is another`)
  const attributes = bytes.readInt16BE(21)
  return {
    base,
    next: base + bytes.readInt32BE(23) + 1,
    epoch: bytes.readInt32BE(12),
    producer: bytes.readBigInt64BE(43),
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    compression: attributes & COMPRESSION,
    count: bytes.readInt32BE(57),
    records: bytes.subarray(HEAD)
  }
}

/** Whether a control batch marks that its producer's transaction was taken back. */
export function isAbort({ records }: RecordBatch): boolean {
  // Length, attributes, two differences, the key's length; then its version, and its type, 0 being an abort.
  let at = 0
  const skip = (): void => {
    while ((records[at++] ?? 0) >= 0x80);
  }
  skip()
  at++
  skip()
  skip()
  skip()
  return records.readInt16BE(at + 2) === 0
}

/** Bytes that a batch may be decompressed to. */
const MAX_BATCH_BYTES = 1 << 28
const CHUNK = 1 << 19

/** The records of a batch as they were before they were compressed. */
export function decompress({ base, compression, records }: RecordBatch): Buffer {
  const options = { chunkSize: CHUNK, maxOutputLength: MAX_BATCH_BYTES }
  switch (compression) {
    case 0:
      return records
    case 1:
      return gunzipSync(records, options)
    case 2:
      return compressionsAlgorithms.snappy.decompressSync(records)
    case 3:
      return compressionsAlgorithms.lz4.decompressSync(records)
    case 4:
      return zstdDecompressSync(records, options)
    default:
      throw new Error(`message ${base} is compressed in a way that is not known (${compression})`)
  }
}
