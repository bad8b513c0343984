import { setTimeout } from 'node:timers/promises'
import type { KnownStream, Position, Problem, Source, SourceFigures } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { counted } from '../../core/units.ts'
import type { SourceDependencies } from '../kind.ts'
import type { AssignedPartition, TopicPartition } from './assigned-partition.ts'
import { Assignment } from './assignment.ts'
import { createContext, type KafkaContext } from './context.ts'
import type { FetchBounds } from './fetch-request.ts'
import { Fetcher } from './fetcher.ts'
import { Member } from './member.ts'
import { OffsetCommitter } from './offset-committer.ts'
import type { KafkaOptions } from './options.ts'

/** How often it is looked whether the partitions are certainly ours again. */
const MEMBERSHIP_CHECK_INTERVAL: Millis = 100
/** How long committing and leaving the group may take at the end. */
const SHUTDOWN_TIMEOUT: Millis = 3 * SECOND_MS
/** How often the last commit is tried, and the pause between. */
const MAX_COMMITS = 5
const COMMIT_PAUSE: Millis = 100

/** How the partitions of a consumer are read. */
export interface PartitionReading<P extends AssignedPartition> {
  create(id: string, partition: TopicPartition, context: KafkaContext): P
  readonly bounds: FetchBounds
  /** Resolves when the reader may be given more, after these. */
  pause(given: readonly P[]): Promise<void>
}

/**
 * A member of a consumer group with the partitions that are assigned to it. Positions are kept with the lines, by the
 * store, and committed to the group about once a second, and when a partition is revoked. So each line counts exactly
 * once, also across rebalances, but for one case: when a Visor was killed or hung, and its session timed out, what it had
 * stored and not committed, at most about a second's lines, is read again by those that take over.
 *
 * Membership and fetching are our own, on the requests, connections, codecs and the assignor of the library. Its
 * `Consumer` (@platformatic/kafka 2.12.1) was tried against a real broker and cannot do these:
 * - A partition is to begin where our store and the group know, each time that it is assigned. A stream of the library
 *   takes `offsets` once, when it is created, and goes on at its own old ones when a partition comes back: where two
 *   consumers handed a partition over and back, 900 of 4,600 messages, then 3,700, were read twice.
 * - A revoked partition is to be stopped, stored and committed before others read it. The consumer has no such step:
 *   it emits `consumer:group:rebalance` and joins again at once. `protocolsMetadata`, which it awaits before that, can
 *   hold it up, but there are no heartbeats meanwhile: with a store that took 15 s, another member was assigned all
 *   partitions after 10.7 s, and the commit was refused.
 * - The bytes of a message that are read are to be committed beside its offset; `commit` has no metadata, and
 *   `listCommittedOffsets` leaves it out.
 * - A copy of a store has the same instance id. Two such consumers fence one another (30 joins in 15 s), both hold all
 *   partitions, and nothing reports it, so that neither could take another name.
 * - Batches are to come as they are. `fetch` and the stream make objects of each message: a third of the lines a second
 *   of this source, and twice the memory (bench/README.md).
 */
export class KafkaConsumer<P extends AssignedPartition> implements Omit<Source, 'ready'> {
  readonly maxLineBytes: number
  protected readonly context: KafkaContext
  readonly #reading: PartitionReading<P>
  readonly #committer: OffsetCommitter
  readonly #assignment: Assignment<P>
  readonly #member: Member
  readonly #fetchers = new Map<number, Fetcher<P>>()
  #started = false

  constructor(
    options: KafkaOptions,
    known: readonly KnownStream[],
    dependencies: SourceDependencies,
    reading: PartitionReading<P>
  ) {
    this.maxLineBytes = options.maxLineBytes
    const context = createContext(options, known, dependencies)
    this.context = context
    this.#reading = reading
    this.#committer = new OffsetCommitter(this.context)
    this.#assignment = new Assignment(
      (id, partition) => reading.create(id, partition, context),
      context,
      this.#committer,
      known
    )
    this.#member = new Member(this.context, this.#assignment)
  }

  async *ready(signal: AbortSignal): AsyncGenerator<readonly P[]> {
    this.#start()
    const { lifecycle, membership, news } = this.context
    const stop = (): void => news.notify()
    signal.addEventListener('abort', stop)
    while (!signal.aborted && !lifecycle.ended) {
      const { certain } = membership
      const waiting = this.#assignment.waiting(certain)
      if (waiting.length === 0) await news.wait(certain ? undefined : MEMBERSHIP_CHECK_INTERVAL)
      else {
        for (const partition of waiting) partition.offer()
        yield waiting
        this.#assignment.given(waiting)
        await this.#reading.pause(waiting)
      }
    }
    signal.removeEventListener('abort', stop)
  }

  /** What is durable is committed, and the group is left. */
  async close(): Promise<void> {
    const { lifecycle, cluster } = this.context
    lifecycle.end()
    const leave = async (): Promise<void> => {
      // During a rebalance nothing can be committed.
      for (let tries = 0; tries < MAX_COMMITS && !(await this.#committer.commit()); tries++)
        await setTimeout(COMMIT_PAUSE)
      await this.#member.leave()
    }
    if (this.#started)
      await Promise.race([leave().catch(() => {}), setTimeout(SHUTDOWN_TIMEOUT, undefined, { ref: false })])
    await cluster.close()
  }

  committed(stream: string, position: Position): void {
    this.#assignment.committed(stream, position)
  }

  problems(): readonly Problem[] {
    return this.context.errors.all
  }

  figures(): SourceFigures {
    const partitions = this.partitions()
    // Without partitions nobody knows what waits.
    return partitions.length > 0 ? { messagesBehind: this.#lag } : {}
  }

  state(): string {
    const { options, group, topics } = this.context
    const partitions = this.partitions()
    const all = topics.all.reduce((sum, { leaders }) => sum + leaders.length, 0)
    const lag = this.#lag
    const removed = [...this.#fetchers.values()].reduce((sum, fetcher) => sum + fetcher.removed, 0)
    return [
      `kafka ${options.brokers.join(',')}, group ${group}`,
      `${partitions.length} of ${counted(all, 'partition')}`,
      ...(partitions.length > 0 ? [`${counted(lag, 'message')} behind`] : []),
      ...(removed > 0 ? [`${counted(removed, 'message')} removed before they were read`] : [])
    ].join(', ')
  }

  partitions() {
    return this.#assignment.partitions
  }

  get #lag(): number {
    return this.partitions().reduce((sum, partition) => sum + partition.lag, 0)
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    void this.context.topics.run(changed => this.#onTopics(changed))
    void this.#member.run()
    void this.#committer.run()
  }

  /** The topics, and the leaders of their partitions, are known anew. */
  #onTopics(changed: boolean): void {
    for (const node of new Set(this.context.topics.all.flatMap(({ leaders }) => leaders))) {
      if (node < 0 || this.#fetchers.has(node)) continue
      const fetcher = new Fetcher(node, this.context, this.#assignment, this.#reading.bounds)
      this.#fetchers.set(node, fetcher)
      void fetcher.run()
    }
    if (changed) {
      this.#assignment.renew()
      this.#member.topicsChanged()
    }
    this.context.work.notify()
  }
}
