import type { Stream } from '../../core/source.ts'
import { AssignedPartition, type TopicPartition } from './assigned-partition.ts'
import type { FetchPosition } from './fetch-position.ts'
import type { RecordBatch } from './record-batch.ts'
import { recordLines, type RecordLines } from './record-lines.ts'

const NOTHING = Buffer.alloc(0)

/** A partition that is read here: batches come in as they were fetched and are taken apart when they are read. */
export class Partition extends AssignedPartition implements Stream {
  readonly replayable = true
  readonly busy = false
  /** Bytes that are here and not read yet, compressed ones as they are. */
  pending = 0
  fetchAt = 0
  fetchedEpoch = -1
  readonly #end: number
  readonly #batches: RecordBatch[] = []
  readonly #lines: RecordLines[] = []
  /** Bytes, and messages, of the first of them that are done with. */
  #bytesDone = 0
  #messagesDone = 0
  /** Where reading goes on when no lines are waiting. */
  #position: FetchPosition = { message: 0, within: 0, epoch: -1 }
  #fault: string | undefined

  /** Messages from `end` on are left out. */
  constructor(id: string, partition: TopicPartition, end = Infinity) {
    super(id, partition)
    this.#end = end
  }

  hasRoom(share: number): boolean {
    return this.pending < share
  }

  goTo(position: FetchPosition): void {
    this.#batches.length = 0
    this.#lines.length = 0
    this.pending = 0
    this.#bytesDone = 0
    this.#messagesDone = 0
    this.#position = position
    this.fetchAt = position.message
    this.fetchedEpoch = position.epoch
    this.waiting = true
  }

  fetchFrom(message: number): void {
    if (this.pending === 0) this.goTo({ message, within: 0, epoch: -1 })
    this.fetchAt = message
    this.fetchedEpoch = -1
  }

  override stop(): void {
    super.stop()
    this.pending = 0
  }

  push(batches: readonly RecordBatch[], logEnd = this.logEnd): void {
    this.logEnd = logEnd
    for (const batch of batches) {
      if (batch.next <= this.fetchAt || batch.base >= this.#end) continue
      this.#batches.push(batch)
      this.pending += batch.records.length
      this.fetchAt = Math.min(batch.next, this.#end)
      this.fetchedEpoch = batch.epoch
      this.waiting = true
    }
  }

  /** Takes lines in that follow those before. */
  pushLines(lines: RecordLines): void {
    this.#lines.push(lines)
    this.pending += lines.bytes.length
    this.fetchAt = lines.next
    this.waiting = true
  }

  takeFault(): string | undefined {
    const fault = this.#fault
    this.#fault = undefined
    return fault
  }

  get fetchPosition(): FetchPosition {
    const [lines] = this.#lines
    if (!lines || this.#messagesDone === lines.ends.length) return this.#position
    const message = lines.offsets[this.#messagesDone] ?? 0
    const begin = this.#messagesDone === 0 ? -lines.skipped : (lines.ends[this.#messagesDone - 1] ?? 0)
    return {
      message,
      within: this.#bytesDone - begin,
      epoch: this.#bytesDone > 0 ? lines.epoch : this.#position.epoch
    }
  }

  read(into: Uint8Array): number {
    if (!this.open) return 0
    let filled = 0
    for (let i = 0; filled < into.length; i++) {
      if (i === this.#lines.length && !this.#decompress()) break
      const from = i === 0 ? this.#bytesDone : 0
      const bytes = this.#lines[i]?.bytes.subarray(from, from + into.length - filled) ?? NOTHING
      into.set(bytes, filled)
      filled += bytes.length
    }
    this.#passEmpty()
    return filled
  }

  advance(bytes: number): void {
    if (!this.open || bytes === 0) return
    this.offset += bytes
    this.pending -= bytes
    for (let left = bytes; left > 0;) {
      const [lines] = this.#lines
      if (!lines) break
      const taken = Math.min(left, lines.bytes.length - this.#bytesDone)
      this.#bytesDone += taken
      left -= taken
      while ((lines.ends[this.#messagesDone] ?? Infinity) <= this.#bytesDone) {
        this.#messagesDone++
        this.messages++
      }
      this.#passEmpty()
    }
    this.waiting ||= this.pending > 0
    this.onChange?.()
  }

  /** Takes the next batch apart; false when there is none that can be. */
  #decompress(): boolean {
    const batch = this.#batches.shift()
    if (!batch) return false
    const { message, within } = this.#position
    try {
      const lines = recordLines(batch, message, within, this.#end)
      this.pending += lines.bytes.length - batch.records.length
      this.#lines.push(lines)
      return true
    } catch (error) {
      this.#refetch(batch, error)
      return false
    }
  }

  /** What cannot be read is fetched again, with all behind it. */
  #refetch(batch: RecordBatch, error: unknown): void {
    this.pending = this.#lines.reduce((sum, { bytes }) => sum + bytes.length, -this.#bytesDone)
    this.#batches.length = 0
    this.fetchAt = Math.max(batch.base, this.#position.message)
    this.fetchedEpoch = -1
    this.#fault = error instanceof Error ? error.message : String(error)
    this.onChange?.()
  }

  /** Goes over batches of which nothing is left to be read, and over messages that are not to be had. */
  #passEmpty(): void {
    for (let [lines] = this.#lines; lines && this.#bytesDone === lines.bytes.length; [lines] = this.#lines) {
      this.#position = { message: lines.next, within: 0, epoch: lines.epoch }
      this.#lines.shift()
      this.#bytesDone = 0
      this.#messagesDone = 0
    }
    const drained = this.#lines.length === 0 && this.#batches.length === 0
    if (drained && this.fetchAt > this.#position.message)
      this.#position = { message: this.fetchAt, within: 0, epoch: this.fetchedEpoch }
  }
}
