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
 * Takes the lines out of a batch, from `within` bytes of message `from` on, and before message `to`. The bytes of the batch
 * itself are used up by it.
 * @throws Error for a batch that cannot be read
 */
export function recordLines(batch: RecordBatch, from: number, within: number, to = Infinity): RecordLines {
  const { base, count, epoch } = batch
  const bytes = decompress(batch)
  if (count < 0 || count * MIN_RECORD_BYTES > bytes.length) throw damaged(base)
  // Never beyond what was read already: what frames a record is longer than a line end.
  const lines = new LineGatherer(bytes, count, from, within)
  const reader = new RecordReader(bytes)
  for (let i = 0; i < count; i++) {
    if (!reader.next()) throw damaged(base)
    const offset = base + reader.delta
    if (offset < to) lines.add(offset, reader.start, reader.end)
  }
  return lines.result(Math.min(batch.next, to), epoch)
}

/**
 * Puts the lines of messages one behind the other, in the bytes in which the messages are. A message that does not end with a
 * line end gets one; one without a value has no line.
 */
export class LineGatherer {
  /** Bytes of lines. */
  filled = 0
  readonly #bytes: Buffer
  readonly #ends: Uint32Array
  readonly #offsets: Float64Array
  readonly #from: number
  readonly #within: number
  #lines = 0
  #skipped = 0

  /** For at most `count` messages, of which those before `from`, and `within` bytes of that, are left out. */
  constructor(bytes: Buffer, count: number, from: number, within: number) {
    this.#bytes = bytes
    this.#ends = new Uint32Array(count)
    this.#offsets = new Float64Array(count)
    this.#from = from
    this.#within = within
  }

  /** The message at `offset`, whose value is from `start` up to `end`, behind `filled` and room for a line end. */
  add(offset: number, start: number, end: number): void {
    if (offset < this.#from || end <= start) return
    const left = offset === this.#from ? this.#within : 0
    const ended = this.#bytes[end - 1] === LF
    if (start + left > end || (start + left === end && ended)) return
    this.#bytes.copyWithin(this.filled, start + left, end)
    this.filled += end - start - left
    if (!ended) this.#bytes[this.filled++] = LF
    if (this.#lines === 0) this.#skipped = left
    this.#ends[this.#lines] = this.filled
    this.#offsets[this.#lines++] = offset
  }

  /** `next` is the offset of the message behind them all. */
  result(next: number, epoch: number): RecordLines {
    return {
      bytes: this.#bytes.subarray(0, this.filled),
      ends: this.#ends.subarray(0, this.#lines),
      offsets: this.#offsets.subarray(0, this.#lines),
      skipped: this.#skipped,
      next,
      epoch
    }
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
