import type { Position, Stream } from '../../core/source.ts'
import type { RecordBatch } from './record-batch.ts'
import { recordLines, type RecordLines } from './record-lines.ts'
import { isBefore, type FetchPosition } from './fetch-position.ts'

const NOTHING = Buffer.alloc(0)

/** What names a partition. */
export interface TopicPartition {
  readonly topic: string
  readonly index: number
}

/** For people. */
export function partitionText({ topic, index }: TopicPartition): string {
  return `${topic}/${index}`
}

/**
 * One partition while it is ours: batches come in as they were fetched and are taken apart when they are read.
 *
 * `offset` of its position counts bytes of lines, as that of any other stream; Kafka's own offset is its `message`.
 */
export class Partition implements Stream, TopicPartition {
  readonly id: string
  readonly name: string
  readonly topic: string
  readonly index: number
  readonly replayable = true
  finished = false
  /** Bytes that are here and not read yet, compressed ones as they are. */
  pending = 0
  /** Whether the reader has something to do. */
  waiting = false
  /** The id of the topic. */
  topicId = ''
  /** The next message to be fetched. */
  fetchAt = 0
  /** The offset behind the last message that there is. */
  logEnd = 0
  /** The leader that took what was fetched last; -1 when that is not known. */
  fetchedEpoch = -1
  /** Called when there is more room. */
  onRead: (() => void) | undefined
  readonly #batches: RecordBatch[] = []
  readonly #lines: RecordLines[] = []
  /** Bytes, and messages, of the first of them that are done with. */
  #bytesDone = 0
  #messagesDone = 0
  /** Where reading goes on when no lines are waiting. */
  #position: FetchPosition = { message: 0, within: 0, epoch: -1 }
  /** Bytes of lines that were read since this store knows the partition. */
  #offset = 0
  #instance = ''
  /** Where it began, and the bytes that were read before. */
  #begin: { readonly position: FetchPosition; readonly offset: number } | undefined
  #stopped = false
  #fault: string | undefined

  constructor(id: string, { topic, index }: TopicPartition) {
    this.id = id
    this.name = partitionText({ topic, index })
    this.topic = topic
    this.index = index
  }

  /** Whether it was found out where to begin. */
  get begun(): boolean {
    return this.#begin !== undefined
  }

  /** Whether it is read. */
  get open(): boolean {
    return this.begun && !this.#stopped
  }

  /** Begins at a position of the topic with this id, as this group instance's; `offset` bytes were read before. */
  begin(position: FetchPosition, topicId: string, instance: string, offset: number): void {
    this.#begin = { position, offset }
    this.#offset = offset
    this.topicId = topicId
    this.#instance = instance
    this.logEnd = Math.max(this.logEnd, position.message)
    this.goTo(position)
  }

  /** Whether a position, up to which so many bytes were read, was come to since it began. */
  covers(position: FetchPosition, offset: number): boolean {
    if (!this.#begin) return false
    return (
      offset > this.#begin.offset ||
      (offset === this.#begin.offset && !isBefore(position, this.#begin.position))
    )
  }

  /** What was fetched is void; reading goes on there. */
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

  /** Messages from `fetchAt` on are not to be had: goes on there once what was fetched before is read. */
  fetchFrom(message: number): void {
    if (this.pending === 0) this.goTo({ message, within: 0, epoch: -1 })
    this.fetchAt = message
    this.fetchedEpoch = -1
  }

  /** Hands no more bytes over; what was read is not changed by it. */
  stop(): void {
    this.#stopped = true
    this.pending = 0
  }

  /** It is over, which the reader hears of. */
  finish(): void {
    this.stop()
    this.finished = true
    this.waiting = true
  }

  /** Takes batches in that follow those before. */
  push(batches: readonly RecordBatch[]): void {
    for (const batch of batches) {
      if (batch.next <= this.fetchAt) continue
      this.#batches.push(batch)
      this.pending += batch.records.length
      this.fetchAt = batch.next
      this.fetchedEpoch = batch.epoch
      this.waiting = true
    }
  }

  /** Messages that are not wholly read, here or at the broker. */
  get lag(): number {
    return this.open ? Math.max(0, this.logEnd - this.fetchPosition.message) : 0
  }

  /** To be called before it is handed to the reader. */
  offer(): void {
    this.waiting = false
  }

  /** Why what was fetched could not be read, once. */
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

  position(): Position {
    const { message, within, epoch } = this.fetchPosition
    return {
      offset: this.#offset,
      message,
      ...(within > 0 && { within }),
      ...(epoch >= 0 && { epoch }),
      topic: this.topicId,
      member: this.#instance
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
    this.#offset += bytes
    this.pending -= bytes
    for (let left = bytes; left > 0;) {
      const [lines] = this.#lines
      if (!lines) break
      const taken = Math.min(left, lines.bytes.length - this.#bytesDone)
      this.#bytesDone += taken
      left -= taken
      while ((lines.ends[this.#messagesDone] ?? Infinity) <= this.#bytesDone) this.#messagesDone++
      this.#passEmpty()
    }
    this.waiting ||= this.pending > 0
    this.onRead?.()
  }

  /** Takes the next batch apart; false when there is none that can be. */
  #decompress(): boolean {
    const batch = this.#batches.shift()
    if (!batch) return false
    const { message, within } = this.#position
    try {
      const lines = recordLines(batch, message, within)
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
    this.onRead?.()
  }

  /** Goes over batches of which nothing is left to be read. */
  #passEmpty(): void {
    for (let [lines] = this.#lines; lines && this.#bytesDone === lines.bytes.length; [lines] = this.#lines) {
      this.#position = { message: lines.next, within: 0, epoch: lines.epoch }
      this.#lines.shift()
      this.#bytesDone = 0
      this.#messagesDone = 0
    }
  }
}
