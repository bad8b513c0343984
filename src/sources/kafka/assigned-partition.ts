import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import { isBefore, messagesRead, type FetchPosition, type Unread } from './fetch-position.ts'
import type { RecordBatch } from './record-batch.ts'

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
 * One partition while it is ours, whether its lines are read here or elsewhere.
 *
 * `offset` of its position counts bytes of lines, as that of any other stream; Kafka's own offset is its `message`.
 */
export abstract class AssignedPartition implements TopicPartition {
  readonly id: string
  readonly name: string
  readonly topic: string
  readonly index: number
  finished = false
  /** Whether the reader has something to do. */
  waiting = false
  /** The id of the topic. */
  topicId = ''
  /** The offset behind the last message that there is. */
  logEnd = 0
  /** Called when there is something to fetch, or to read. */
  onChange: (() => void) | undefined
  /** Bytes of lines that were read since this store knows the partition, and messages that are wholly read. */
  protected offset = 0
  protected messages = 0
  #instance = ''
  #unread: Unread = { passed: 0, lost: 0, lostAt: 0, empty: 0 }
  /** Messages that were removed before they were read, as it was found out since it began. */
  readonly #removed: { readonly from: number; readonly to: number; readonly at: Millis }[] = []
  /** Where it began, and the bytes that were read before. */
  #begin: { readonly position: FetchPosition; readonly offset: number } | undefined
  #stopped = false

  constructor(id: string, { topic, index }: TopicPartition) {
    this.id = id
    this.name = partitionText({ topic, index })
    this.topic = topic
    this.index = index
  }

  /** Where reading goes on. */
  abstract readonly fetchPosition: FetchPosition
  /** The next message to be fetched. */
  abstract readonly fetchAt: number
  /** The leader that took what was fetched last; -1 when that is not known. */
  abstract readonly fetchedEpoch: number
  /** Whether something of it is being read elsewhere at the moment. */
  abstract readonly busy: boolean

  /** Whether there is room for more, of which each partition has a share of so many bytes. */
  abstract hasRoom(share: number, now: Millis): boolean

  /** Takes batches in that follow those before, and where the log ends. */
  abstract push(batches: readonly RecordBatch[], logEnd: number, now: Millis): void

  /** What was fetched is void; reading goes on there. */
  abstract goTo(position: FetchPosition): void

  /** Messages from `fetchAt` on are not to be had: goes on there once what was fetched before is read. */
  abstract fetchFrom(message: number): void

  /** Why what was fetched could not be read, once. */
  abstract takeFault(): string | undefined

  /** Whether it was found out where to begin. */
  get begun(): boolean {
    return this.#begin !== undefined
  }

  /** Whether it is read. */
  get open(): boolean {
    return this.begun && !this.#stopped
  }

  /** Messages that are not wholly read, here or at the broker. */
  get lag(): number {
    return this.open ? Math.max(0, this.logEnd - this.fetchPosition.message) : 0
  }

  /**
   * Begins at a position of the topic with this id, as this group instance's, both empty where they are not known; `offset`
   * bytes were read before. Where nothing is said of messages before it, they were not to be read.
   */
  begin(
    position: FetchPosition,
    topicId: string,
    instance: string,
    offset: number,
    unread: Unread = { passed: position.message, lost: 0, lostAt: 0, empty: 0 }
  ): void {
    this.#begin = { position, offset }
    this.offset = offset
    this.#unread = unread
    this.messages = messagesRead(position, unread)
    this.topicId = topicId
    this.#instance = instance
    this.logEnd = Math.max(this.logEnd, position.message)
    this.goTo(position)
  }

  /** These messages were removed before they were read. */
  remove(from: number, to: number, now: Millis): void {
    this.#removed.push({ from, to, at: now })
  }

  /** Whether a position, up to which so many bytes were read, was come to since it began. */
  covers(position: FetchPosition, offset: number): boolean {
    if (!this.#begin) return false
    return (
      offset > this.#begin.offset ||
      (offset === this.#begin.offset && !isBefore(position, this.#begin.position))
    )
  }

  /** Hands nothing more over; what was read is not changed by it. */
  stop(): void {
    this.#stopped = true
  }

  /** It is over, which the reader hears of. */
  finish(): void {
    this.stop()
    this.finished = true
    this.waiting = true
  }

  /** To be called before it is handed to the reader. */
  offer(): void {
    this.waiting = false
  }

  position(): Position {
    const { message, within, epoch } = this.fetchPosition
    const { passed } = this.#unread
    const gone = this.#removed.filter(({ to }) => to <= message)
    const lost = gone.reduce((sum, { from, to }) => sum + to - from, this.#unread.lost)
    const empty = message - passed - lost - this.messages
    return {
      offset: this.offset,
      message,
      ...(passed > 0 && { passed }),
      ...(lost > 0 && { lost, lostAt: gone.at(-1)?.at ?? this.#unread.lostAt }),
      ...(empty > 0 && { empty }),
      ...(within > 0 && { within }),
      ...(epoch >= 0 && { epoch }),
      ...(this.topicId !== '' && { topic: this.topicId }),
      ...(this.#instance !== '' && { member: this.#instance })
    }
  }
}
