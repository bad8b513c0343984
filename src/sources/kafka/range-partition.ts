import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import type { RangeStream } from '../kind.ts'
import { AssignedPartition, type TopicPartition } from './assigned-partition.ts'
import type { BrokerHint } from './cluster.ts'
import {
  fetchPositionOf,
  isBefore,
  messagesRead,
  unreadBefore,
  type FetchPosition
} from './fetch-position.ts'
import type { KafkaRange } from './range.ts'
import type { RecordBatch } from './record-batch.ts'

/** How often it is looked where the log ends that is not read up to what is known; and how soon when it was before: more may be on its way. */
const LOOK_INTERVAL: Millis = 100
const FIRST_LOOK: Millis = 10
/** What a message is taken to have as long as none was seen. */
const FIRST_GUESS = 300
/** How much of the mean of bytes is that of the last range. */
const WEIGHT = 0.3

/** A partition whose lines others read. */
export class RangePartition extends AssignedPartition implements RangeStream {
  busy = false
  readonly #leader: () => BrokerHint | undefined
  #position: FetchPosition = { message: 0, within: 0, epoch: -1 }
  #looked: Millis = -Infinity
  #lookAgain: Millis = LOOK_INTERVAL
  /** Of lines, in a message. */
  #meanBytes: number | undefined

  /** `leader`: where it is to be had, as far as that is known. */
  constructor(id: string, partition: TopicPartition, leader: () => BrokerHint | undefined) {
    super(id, partition)
    this.#leader = leader
  }

  get fetchPosition(): FetchPosition {
    return this.#position
  }

  get fetchAt(): number {
    return this.#position.message
  }

  get fetchedEpoch(): number {
    return this.#position.epoch
  }

  get pending(): number {
    return this.lag
  }

  /** Where nothing waits, a request may wait for messages. */
  hasRoom(_share: number, now: Millis): boolean {
    return this.lag === 0 || now - this.#looked >= this.#lookAgain
  }

  push(batches: readonly RecordBatch[], logEnd: number, now: Millis): void {
    const { lag } = this
    this.logEnd = logEnd
    this.#looked = now
    this.#lookAgain = lag === 0 && this.lag > 0 ? FIRST_LOOK : LOOK_INTERVAL
    const messages = batches.reduce((sum, { count }) => sum + count, 0)
    if (messages > 0)
      this.#meanBytes ??= batches.reduce((sum, { records }) => sum + records.length, 0) / messages
    if (!this.busy && this.lag > lag) this.waiting = true
  }

  /** It has been asked where the log ends. */
  endsAt(message: number): void {
    this.logEnd = Math.max(this.logEnd, message)
  }

  goTo(position: FetchPosition): void {
    this.#position = position
    this.#looked = -Infinity
    this.waiting = true
  }

  fetchFrom(message: number): void {
    this.goTo({ message, within: 0, epoch: -1 })
  }

  takeFault(): undefined {
    return undefined
  }

  override finish(): void {
    super.finish()
    this.busy = false
  }

  next(most: number): KafkaRange | undefined {
    const messages = Math.min(most, this.lag)
    this.busy = messages > 0
    if (!this.busy) return undefined
    this.waiting = false
    const { topic, index, name } = this
    const { message } = this.#position
    const leader = this.#leader()
    return {
      text: `${name}, messages ${message} to ${message + messages - 1}`,
      position: this.position(),
      messages,
      bytes: Math.ceil(messages * (this.#meanBytes ?? FIRST_GUESS)),
      topic,
      index,
      ...(leader && { leader })
    }
  }

  advance(position: Position): void {
    const next = fetchPositionOf(position)
    this.busy = false
    // What is over stays where it was left; and what was thrown away is not come to.
    if (!this.finished && next && !isBefore(next, this.#position)) {
      this.#moveTo(next, position.offset)
      this.messages = messagesRead(next, unreadBefore(position))
    }
    this.onChange?.()
  }

  #moveTo(next: FetchPosition, offset: number): void {
    const [messages, bytes] = [next.message - this.#position.message, offset - this.offset]
    if (messages > 0) {
      const mean = bytes / messages
      this.#meanBytes = mean * WEIGHT + (this.#meanBytes ?? mean) * (1 - WEIGHT)
    }
    if (!isBefore(this.#position, next)) return
    this.#position = next
    this.offset = offset
    this.#looked = -Infinity
    this.waiting ||= this.lag > 0
  }
}
