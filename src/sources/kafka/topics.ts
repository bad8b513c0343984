import { wrongWith } from '../../kafka/problem.ts'
import type { Cluster, Topic } from './cluster.ts'
import type { Bell, Life } from './life.ts'
import type { KafkaOptions } from './options.ts'
import type { PartitionName } from './partition.ts'
import type { Troubles } from './troubles.ts'

/**
 * Milliseconds from one look to the next whether topics have come, grown or gone; where some are missing; and at least.
 */
const LOOK = { usual: 5000, missing: 1000, least: 100 }

/** The topics that are to be read, as they are at the moment. */
export class Topics {
  readonly #options: KafkaOptions
  readonly #cluster: Cluster
  readonly #troubles: Troubles
  readonly #life: Life
  readonly #matches: (name: string) => boolean
  readonly #bell: Bell
  #asked = false
  #missing = false
  #found: ReadonlyMap<string, Topic> = new Map()
  /** How many partitions topics had when they were seen first. */
  #first: ReadonlyMap<string, number> | undefined

  constructor(options: KafkaOptions, cluster: Cluster, troubles: Troubles, life: Life) {
    this.#options = options
    this.#cluster = cluster
    this.#troubles = troubles
    this.#life = life
    this.#bell = life.bell()
    const pattern = new RegExp(`^(?:${options.pattern ?? ''})$`, 'u')
    this.#matches = name => pattern.test(name)
  }

  /** Those that are there. */
  get all(): readonly Topic[] {
    return [...this.#found.values()]
  }

  get(name: string): Topic | undefined {
    return this.#found.get(name)
  }

  /** The broker that leads a partition; -1 when it is not known. */
  leaderOf({ topic, index }: PartitionName): number {
    return this.#found.get(topic)?.leaders[index] ?? -1
  }

  /** Whether a partition was made after this source was opened. */
  isLater({ topic, index }: PartitionName): boolean {
    return index >= (this.#first?.get(topic) ?? 0)
  }

  /** Something is not where it was: looks soon. */
  refresh(): void {
    this.#asked = true
    this.#bell.ring()
  }

  /** Looks again and again; `looked` is told whether others are there, or have more or other partitions. */
  async run(looked: (changed: boolean) => void): Promise<void> {
    for (let tries = 0; !this.#life.over;) {
      try {
        this.#asked = false
        looked(await this.#look())
        this.#troubles.set('', undefined)
        tries = 0
        await this.#life.sleep(LOOK.least)
        if (!this.#asked) await this.#bell.heard(this.#missing ? LOOK.missing : LOOK.usual)
      } catch (error) {
        this.#troubles.set('', wrongWith(error))
        await this.#life.pause(tries++)
      }
    }
  }

  async #look(): Promise<boolean> {
    const { topics: names } = this.#options
    const told = await this.#cluster.topics(names ?? null)
    const usable = told.filter(({ error, leaders }) => error === undefined && leaders.length > 0)
    const wanted = names ? usable : usable.filter(({ name, internal }) => !internal && this.#matches(name))
    this.#tell(told, wanted)
    const before = this.#found
    this.#found = new Map(wanted.map(topic => [topic.name, topic]))
    this.#first ??= new Map(wanted.map(({ name, leaders }) => [name, leaders.length]))
    return before.size !== wanted.length || wanted.some(topic => differs(topic, before.get(topic.name)))
  }

  /** What is to be read and cannot be found. */
  #tell(told: readonly Topic[], wanted: readonly Topic[]): void {
    const { topics = [], pattern } = this.#options
    const none = pattern !== undefined && wanted.length === 0
    this.#missing = none || wanted.length < topics.length
    this.#troubles.set('topics', none ? `none follows ${pattern} yet` : undefined)
    for (const name of topics) {
      const error = told.find(topic => topic.name === name)?.error
      this.#troubles.set(`topic ${name}`, error && (WORDS[error] ?? error))
    }
  }
}

const WORDS: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'there is none of this name; it is read when it is created',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not see it (TOPIC_AUTHORIZATION_FAILED)',
  INVALID_TOPIC_EXCEPTION: 'no topic can have this name (INVALID_TOPIC_EXCEPTION)'
}

function differs(topic: Topic, before: Topic | undefined): boolean {
  return topic.id !== before?.id || topic.leaders.length !== before.leaders.length
}
