import { SECOND_MS, type Millis } from '../../core/time.ts'
import { errorNameOf, wrongWith } from '../../kafka/problem.ts'
import type { KafkaContext } from './context.ts'
import type { FetchPosition } from './fetch-position.ts'
import type { TopicPartition } from './assigned-partition.ts'

const COMMIT_INTERVAL: Millis = SECOND_MS
/** How often it is tried to commit the offsets of partitions that are revoked. */
const MAX_TRIES = 5

/** Commits to the group what the store knows, a little later: for tools that show the lag, and for other members. */
export class OffsetCommitter {
  readonly #context: KafkaContext
  #uncommitted = new Map<TopicPartition, FetchPosition>()
  #last: Promise<boolean> = Promise.resolve(true)

  constructor(context: KafkaContext) {
    this.#context = context
  }

  /** What was read of a partition up to a position is durable. */
  add(partition: TopicPartition, position: FetchPosition): void {
    this.#uncommitted.set(partition, position)
  }

  /** A partition is not ours any more. */
  forget(partition: TopicPartition): void {
    this.#uncommitted.delete(partition)
  }

  async run(): Promise<void> {
    const { lifecycle, membership } = this.#context
    while (!lifecycle.ended) {
      await lifecycle.sleep(COMMIT_INTERVAL)
      if (membership.certain && !lifecycle.ended) await this.commit()
    }
  }

  /** Commits all that is new, once the commit that is under way is done; false when that was not possible. */
  commit(): Promise<boolean> {
    this.#last = this.#last.then(async () => this.#commit())
    return this.#last
  }

  /** Commits all that is new, and tries it several times. */
  async commitWithRetries(): Promise<void> {
    const { lifecycle } = this.#context
    for (let tries = 0; tries < MAX_TRIES && !(await this.commit()); tries++) await lifecycle.backOff(tries)
  }

  async #commit(): Promise<boolean> {
    const { offsets, membership, errors } = this.#context
    const positions = this.#uncommitted
    if (positions.size === 0) return true
    this.#uncommitted = new Map()
    try {
      await offsets.commit(positions, membership)
      errors.set('commits', undefined)
      return true
    } catch (error) {
      this.#uncommitted = new Map([...positions, ...this.#uncommitted])
      // During a rebalance: it is possible again soon, or never.
      const passing = errorNameOf(error) === 'REBALANCE_IN_PROGRESS'
      errors.set('commits', passing ? undefined : wrongWith(error))
      return false
    }
  }
}
