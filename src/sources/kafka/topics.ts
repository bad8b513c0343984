import { wrongWith } from '../../kafka/problem.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { Cluster, TopicMetadata } from './cluster.ts'
import type { AsyncEvent, Lifecycle } from './lifecycle.ts'
import type { KafkaOptions } from './options.ts'
import type { TopicPartition } from './assigned-partition.ts'
import type { KafkaErrors } from './errors.ts'

/** How often the metadata is fetched again: whether topics have come, grown or gone; where some are missing; at most. */
const METADATA_INTERVAL: Millis = 5 * SECOND_MS
const MISSING_TOPIC_INTERVAL: Millis = SECOND_MS
const MIN_METADATA_INTERVAL: Millis = 100

/** The topics that are to be read, as they are at the moment. */
export class Topics {
  readonly #options: KafkaOptions
  readonly #cluster: Cluster
  readonly #errors: KafkaErrors
  readonly #lifecycle: Lifecycle
  readonly #pattern: RegExp
  readonly #event: AsyncEvent
  #requested = false
  #missing = false
  #found: ReadonlyMap<string, TopicMetadata> = new Map()
  /** How many partitions topics had when they were seen first. */
  #first: ReadonlyMap<string, number> | undefined

  constructor(options: KafkaOptions, cluster: Cluster, errors: KafkaErrors, lifecycle: Lifecycle) {
    this.#options = options
    this.#cluster = cluster
    this.#errors = errors
    this.#lifecycle = lifecycle
    this.#event = lifecycle.event()
    this.#pattern = new RegExp(`^(?:${options.pattern ?? ''})$`, 'u')
  }

  /** Those that are there. */
  get all(): readonly TopicMetadata[] {
    return [...this.#found.values()]
  }

  get(name: string): TopicMetadata | undefined {
    return this.#found.get(name)
  }

  /** The broker that leads a partition; -1 when it is not known. */
  leaderOf({ topic, index }: TopicPartition): number {
    return this.#found.get(topic)?.leaders[index] ?? -1
  }

  /** Whether a partition was made after this source was opened. */
  isLater({ topic, index }: TopicPartition): boolean {
    return index >= (this.#first?.get(topic) ?? 0)
  }

  /** Something is not where it was: looks soon. */
  refresh(): void {
    this.#requested = true
    this.#event.notify()
  }

  /** Looks again and again, and calls `looked`: whether there are others, or others have more or other partitions. */
  async run(looked: (changed: boolean) => void): Promise<void> {
    for (let tries = 0; !this.#lifecycle.ended;) {
      try {
        this.#requested = false
        looked(await this.#look())
        this.#errors.set('', undefined)
        tries = 0
        await this.#lifecycle.sleep(MIN_METADATA_INTERVAL)
        if (!this.#requested)
          await this.#event.wait(this.#missing ? MISSING_TOPIC_INTERVAL : METADATA_INTERVAL)
      } catch (error) {
        this.#errors.set('', wrongWith(error))
        await this.#lifecycle.backOff(tries++)
      }
    }
  }

  async #look(): Promise<boolean> {
    const { topics: names } = this.#options
    const found = await this.#cluster.topics(names ?? null)
    const usable = found.filter(({ error, leaders }) => error === undefined && leaders.length > 0)
    const wanted = names
      ? usable
      : usable.filter(({ name, internal }) => !internal && this.#pattern.test(name))
    this.#setErrors(found, wanted)
    const before = this.#found
    this.#found = new Map(wanted.map(topic => [topic.name, topic]))
    this.#first ??= new Map(wanted.map(({ name, leaders }) => [name, leaders.length]))
    return before.size !== wanted.length || wanted.some(topic => differs(topic, before.get(topic.name)))
  }

  /** What is to be read and cannot be found. */
  #setErrors(found: readonly TopicMetadata[], wanted: readonly TopicMetadata[]): void {
    const { topics = [], pattern } = this.#options
    const none = pattern !== undefined && wanted.length === 0
    this.#missing = none || wanted.length < topics.length
    this.#errors.set('topics', none ? `none follows ${pattern} yet` : undefined)
    for (const name of topics) {
      const error = found.find(topic => topic.name === name)?.error
      this.#errors.set(`topic ${name}`, error && (MESSAGES[error] ?? error))
    }
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'there is none of this name; it is read when it is created',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not see it (TOPIC_AUTHORIZATION_FAILED)',
  INVALID_TOPIC_EXCEPTION: 'no topic can have this name (INVALID_TOPIC_EXCEPTION)'
}

function differs(topic: TopicMetadata, before: TopicMetadata | undefined): boolean {
  return topic.id !== before?.id || topic.leaders.length !== before.leaders.length
}
