import type { KnownStream, Position } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { wrongWith } from '../../kafka/problem.ts'
import { partitionText, type AssignedPartition, type TopicPartition } from './assigned-partition.ts'
import type { KafkaContext } from './context.ts'
import { fetchPositionOf, furthest, unreadBefore, type FetchPosition } from './fetch-position.ts'
import type { RebalanceListener } from './member.ts'
import type { OffsetCommitter } from './offset-committer.ts'
import { EARLIEST, LATEST } from './offsets.ts'
import type { KafkaOptions } from './options.ts'

/** How long partitions that are revoked wait until what was read of them is stored; and how often that is looked at. */
const STORE_TIMEOUT: Millis = 20 * SECOND_MS
const STORE_CHECK_INTERVAL: Millis = 10

/** The partitions that are assigned to this source, and what is known of others. */
export class Assignment<P extends AssignedPartition> implements RebalanceListener {
  readonly #create: (id: string, partition: TopicPartition) => P
  readonly #context: KafkaContext
  readonly #committer: OffsetCommitter
  readonly #assigned = new Map<string, P>()
  /** What the reader has to hear of: those that are assigned, and those that are over since. */
  readonly #streams = new Set<P>()
  /** Where partitions were left. */
  readonly #known: Map<string, Position>
  /** Up to which byte of each what was read is durable. */
  readonly #durable = new Map<P, number>()
  #opening = false

  constructor(
    create: (id: string, partition: TopicPartition) => P,
    context: KafkaContext,
    committer: OffsetCommitter,
    known: readonly KnownStream[]
  ) {
    this.#create = create
    this.#context = context
    this.#committer = committer
    this.#known = new Map(known.map(({ id, position }) => [id, position]))
  }

  get partitions(): readonly P[] {
    return [...this.#assigned.values()]
  }

  /** What the reader has something to do with; only what is over where it is not `certain` that the others are ours. */
  waiting(certain: boolean): P[] {
    return [...this.#streams].filter(({ waiting, finished }) => waiting && (certain || finished))
  }

  /** The reader was given these; of those that are over it has heard. */
  given(partitions: readonly P[]): void {
    for (const partition of partitions)
      if (partition.finished && !partition.waiting) this.#streams.delete(partition)
  }

  committed(id: string, position: Position): void {
    const partition = this.#assigned.get(id)
    const durable = fetchPositionOf(position)
    // What was read when it was ours before may be heard of late.
    if (!partition || !durable || !partition.covers(durable, position.offset)) return
    this.#durable.set(partition, position.offset)
    this.#committer.add(partition, durable)
  }

  assign(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#add(partition)
    void this.#open()
  }

  async revoke(partitions: readonly TopicPartition[]): Promise<void> {
    const { lifecycle } = this.#context
    const revoked = partitions.flatMap(one => this.#assigned.get(this.#idOf(one)) ?? [])
    for (const partition of revoked) partition.stop()
    for (
      let left = STORE_TIMEOUT;
      left > 0 && !lifecycle.ended && !revoked.every(one => this.#isDurable(one));
      left -= STORE_CHECK_INTERVAL
    )
      await lifecycle.sleep(STORE_CHECK_INTERVAL)
    await this.#committer.commitWithRetries()
    for (const partition of revoked) this.#end(partition)
  }

  lose(): void {
    for (const partition of this.partitions) this.#end(partition)
  }

  /** Begins anew with partitions of topics that are others by now. */
  renew(): void {
    const { topics, errors } = this.#context
    const old = this.partitions.filter(({ open, topic, topicId }) => {
      const id = topics.get(topic)?.id
      return open && id !== undefined && id !== topicId
    })
    for (const partition of old) {
      errors.add(partition.name, 'the topic was made anew; it is read from its beginning')
      this.#end(partition)
    }
    if (old.length > 0) this.assign(old)
  }

  #idOf({ topic, index }: TopicPartition): string {
    return `kafka:${this.#context.dependencies.name}:${topic}:${index}`
  }

  #add(one: TopicPartition): void {
    const partition = this.#create(this.#idOf(one), one)
    partition.onChange = () => this.#changed()
    this.#assigned.set(partition.id, partition)
    this.#streams.add(partition)
  }

  /** There is something to fetch or to read. */
  #changed(): void {
    this.#context.work.notify()
    this.#context.news.notify()
  }

  #isDurable(partition: P): boolean {
    if (partition.busy) return false
    const read = partition.position().offset
    return (this.#durable.get(partition) ?? read) >= read
  }

  #end(partition: P): void {
    const { id, begun } = partition
    if (begun) this.#known.set(id, partition.position())
    else this.#streams.delete(partition)
    partition.finish()
    this.#assigned.delete(id)
    this.#durable.delete(partition)
    this.#committer.forget(partition)
    this.#context.errors.set(partition.name, undefined)
    this.#changed()
  }

  /** Finds out where partitions begin, for as long as there are any of which that is not known. */
  async #open(): Promise<void> {
    if (this.#opening) return
    this.#opening = true
    const { lifecycle, topics, errors } = this.#context
    const unopened = (): P[] => this.partitions.filter(({ begun }) => !begun)
    for (let tries = 0; !lifecycle.ended && unopened().length > 0;) {
      const error = await this.#find(unopened()).catch((error: unknown) => error)
      errors.set('offsets', error === undefined ? undefined : wrongWith(error))
      if (error === undefined) continue
      topics.refresh()
      await lifecycle.backOff(tries++)
    }
    this.#opening = false
  }

  async #find(partitions: readonly P[]): Promise<void> {
    const committed = await this.#context.offsets.committed(partitions)
    const begun = partitions.map(async (partition, i) => this.#begin(partition, committed[i]))
    const failed = (await Promise.allSettled(begun)).find(one => one.status === 'rejected')
    this.#changed()
    if (failed) throw failed.reason
  }

  /** The greater of what this store and the group know counts: another Visor may have gone on with it. */
  async #begin(partition: P, committed: FetchPosition | undefined): Promise<void> {
    const topic = this.#context.topics.get(partition.topic)
    if (!topic) throw new Error(`there is no topic ${partition.topic}`)
    const known = this.#known.get(partition.id)
    const own = known && fetchPositionOf(known)
    const anew = own?.topic !== undefined && own.topic !== topic.id
    const position =
      furthest(anew ? undefined : own, committed) ??
      (await this.#startOf(partition, anew ? 'earliest' : this.#context.options.start))
    if (this.#assigned.get(partition.id) !== partition) return
    const read = known?.offset ?? 0
    const before = own && !anew ? unreadBefore(known) : { passed: 0, lost: 0, lostAt: 0, empty: 0 }
    // What others read since is counted with them.
    const passed = before.passed + position.message - (anew ? 0 : (own?.message ?? 0))
    partition.begin(position, topic.id, this.#context.membership.instance, read, { ...before, passed })
    this.#durable.set(partition, read)
  }

  /** Where one begins that nobody knows. */
  async #startOf(partition: TopicPartition, start: KafkaOptions['start']): Promise<FetchPosition> {
    const { offsets, topics } = this.#context
    const node = topics.leaderOf(partition)
    const time = topics.isLater(partition) ? EARLIEST : timeOf(start)
    const message = (await offsets.at(partition, node, time)) ?? (await offsets.at(partition, node, LATEST))
    if (message === undefined) throw new Error(`${partitionText(partition)} has no end`)
    return { message, within: 0, epoch: -1 }
  }
}

function timeOf(start: KafkaOptions['start']): Millis {
  if (start === 'earliest') return EARLIEST
  return start === 'latest' ? LATEST : Date.parse(start)
}
