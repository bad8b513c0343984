import { decompress, type RecordBatch } from './record-batch.ts'

const LF = 10
const MIN_RECORD_BYTES = 7

/** The lines of a batch's messages, one behind the other. */
export interface RecordLines {
  readonly bytes: Buffer
  /** For each message that has lines: where they end in `bytes`, and its offset. */
  readonly ends: Uint32Array
  readonly offsets: Float64Array
  /** Bytes of the first message that were left out. */
  readonly skipped: number
  /** The offset of the message behind them all. */
  readonly next: number
  readonly epoch: number
}

/**
 * Takes the lines out of a batch, from `within` bytes of message `from` on, and before message `to`. A message that does
 * not end with a line end gets one; one without a value has no line. The bytes of the batch itself are used up by it.
 * @throws Error for a batch that cannot be read
 */
export function recordLines(batch: RecordBatch, from: number, within: number, to = Infinity): RecordLines {
  const { base, count, epoch } = batch
  const bytes = decompress(batch)
  if (count < 0 || count * MIN_RECORD_BYTES > bytes.length) throw damaged(base)
  const ends = new Uint32Array(count)
  const offsets = new Float64Array(count)
  const reader = new RecordReader(bytes)
  let filled = 0
  let lines = 0
  let skipped = 0
  for (let i = 0; i < count; i++) {
    if (!reader.next()) throw damaged(base)
    const offset = base + reader.delta
    const { start, end } = reader
    if (offset < from || offset >= to || end <= start) continue
    const left = offset === from ? within : 0
    const ended = bytes[end - 1] === LF
    if (start + left > end || (start + left === end && ended)) continue
    // Never beyond what was read already: what frames a record is longer than a line end.
    bytes.copyWithin(filled, start + left, end)
    filled += end - start - left
    if (!ended) bytes[filled++] = LF
    if (lines === 0) skipped = left
    ends[lines] = filled
    offsets[lines++] = offset
  }
  return {
    bytes: bytes.subarray(0, filled),
    ends: ends.subarray(0, lines),
    offsets: offsets.subarray(0, lines),
    skipped,
    next: Math.min(batch.next, to),
    epoch
  }
}

function damaged(base: number): Error {
  return new Error(`message ${base} is damaged`)
}

/** Finds the values in the records of a batch. */
class RecordReader {
  /** The difference of the record's offset from the batch's, and where its value is; `end` is less for one that has none. */
  delta = 0
  start = 0
  end = 0
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Goes to the next record; false when there is no whole one. */
  next(): boolean {
    const length = this.#varint()
    const behind = this.#at + length
    if (length < 0 || behind > this.#bytes.length) return false
    this.#at++
    this.#skip()
    this.delta = this.#varint()
    const key = this.#varint()
    if (key > 0) this.#at += key
    const value = this.#varint()
    this.start = this.#at
    this.end = this.#at + value
    this.#at = behind
    return this.end <= behind
  }

  /** A whole number of at most 32 bits, as its zigzag code. */
  #varint(): number {
    const bytes = this.#bytes
    let value = 0
    let byte: number
    let shift = 0
    do {
      byte = bytes[this.#at++] ?? 0
      value |= (byte & 0x7f) << shift
      shift += 7
    } while (byte >= 0x80)
    return (value >>> 1) ^ -(value & 1)
  }

  #skip(): void {
    while ((this.#bytes[this.#at++] ?? 0) >= 0x80);
  }
}
