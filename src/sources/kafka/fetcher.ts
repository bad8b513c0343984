import type { Connection, fetchV13 } from '@platformatic/kafka'
import { wrongWith } from '../../kafka/problem.ts'
import { pauseBefore } from '../net/tcp-client.ts'
import { batchesOf, fetchMessages, type Answer } from './answer.ts'
import { nameOfError } from './cluster.ts'
import type { Kit } from './kit.ts'
import type { Bell } from './life.ts'
import { EARLIEST, LATEST } from './offsets.ts'
import type { Partition } from './partition.ts'

/** Bytes, compressed as they are, that one request asks for, and those of one partition among them. */
const MOST = { request: 4 << 20, partition: 1 << 20 }
/** Bytes that a partition may hold before no more of it is fetched: its share of all, within bounds. */
const ROOM = { all: 16 << 20, least: 64 << 10, most: 2 << 20 }
/** Milliseconds that a broker waits for messages; and after which it is looked again whether there is room. */
const WAIT = 500
const SOON = 25

/** Each request tells all partitions anew. */
const NO_SESSION = { id: 0, epoch: -1 }
/** Only what no transaction can take back any more. */
const READ_COMMITTED = 1

/** Whom messages are fetched for. */
export interface Eater {
  /** All partitions that are held. */
  partitions(): readonly Partition[]
  /** Rings when there is room, or other partitions. */
  readonly work: Bell
  /** Messages have come. */
  came(): void
  /** So many messages were gone before they were read. */
  gone(messages: number): void
}

/** Fetches the messages of the partitions that one broker leads. */
export class Fetcher {
  readonly #node: number
  readonly #kit: Kit
  readonly #eater: Eater
  /** Partitions that something is wrong with: how often, and until when they are left alone. */
  readonly #faulty = new WeakMap<Partition, { readonly tries: number; readonly until: number }>()
  #turn = 0

  constructor(node: number, kit: Kit, eater: Eater) {
    this.#node = node
    this.#kit = kit
    this.#eater = eater
  }

  async run(): Promise<void> {
    const { life, troubles, topics } = this.#kit
    const { work } = this.#eater
    const broker = `broker ${this.#node}`
    for (let tries = 0; !life.over;) {
      const { wanted, full, faulty } = this.#wanted()
      if (wanted.length === 0) {
        troubles.set(broker, undefined)
        await work.heard(full || faulty ? SOON : undefined)
        continue
      }
      try {
        // A partition that is full now must not wait for messages of another one.
        if (full) await work.heard(SOON)
        await this.#fetch(wanted, full ? 0 : WAIT)
        troubles.set(broker, undefined)
        tries = 0
      } catch (error) {
        troubles.set(broker, wrongWith(error))
        topics.refresh()
        await life.pause(tries++)
      }
    }
  }

  /** Those to fetch of, each of them first in its turn; and whether others are full, or left alone for a while. */
  #wanted(): { wanted: Partition[]; full: boolean; faulty: boolean } {
    const { topics, dependencies } = this.#kit
    const all = this.#eater.partitions()
    const open = all.filter(one => one.open && topics.leaderOf(one) === this.#node)
    const share = Math.min(ROOM.most, Math.max(ROOM.least, ROOM.all / all.length))
    for (const one of open) {
      const fault = one.takeFault()
      if (fault !== undefined) this.#fails(one, fault)
    }
    const now = dependencies.clock()
    const sound = open.filter(one => (this.#faulty.get(one)?.until ?? 0) <= now)
    const wanted = sound.filter(one => one.pending < share)
    const first = this.#turn++ % Math.max(1, wanted.length)
    return {
      wanted: [...wanted.slice(first), ...wanted.slice(0, first)],
      full: wanted.length < sound.length,
      faulty: sound.length < open.length
    }
  }

  async #fetch(wanted: readonly Partition[], wait: number): Promise<void> {
    const connection = await this.#kit.cluster.connect(this.#node, 'fetch')
    const asked = new Map(wanted.map(one => [keyOf(one.topicId, one.index), { one, from: one.fetchAt }]))
    for (const answer of await this.#ask(connection, wanted, wait)) {
      const found = asked.get(keyOf(answer.topic, answer.index))
      // Where it goes on may be elsewhere by now.
      if (found?.one.open && found.one.fetchAt === found.from) await this.#take(found.one, answer)
    }
    this.#eater.came()
  }

  #ask(connection: Connection, wanted: readonly Partition[], wait: number): Promise<Answer[]> {
    const topics = Array.from(
      Map.groupBy(wanted, ({ topicId }) => topicId),
      ([topicId, partitions]) => ({ topicId, partitions: partitions.map(requestOf) })
    )
    const { id, epoch } = NO_SESSION
    return fetchMessages.async(connection, wait, 1, MOST.request, READ_COMMITTED, id, epoch, topics, [], '')
  }

  async #take(partition: Partition, answer: Answer): Promise<void> {
    if (answer.error !== 0) return this.#refused(partition, nameOfError(answer.error))
    if (answer.parted !== undefined) return this.#parted(partition, answer.parted)
    try {
      partition.push(batchesOf(answer))
      partition.logEnd = answer.end
      this.#faulty.delete(partition)
      this.#kit.troubles.set(partition.name, undefined)
    } catch (error) {
      this.#fails(partition, error instanceof Error ? error.message : String(error))
    }
  }

  async #refused(partition: Partition, error: string): Promise<void> {
    if (error === 'OFFSET_OUT_OF_RANGE') return this.#outOfRange(partition)
    this.#fails(partition, WORDS[error] ?? error)
    this.#kit.topics.refresh()
  }

  #fails(partition: Partition, message: string): void {
    const { dependencies, troubles } = this.#kit
    const tries = this.#faulty.get(partition)?.tries ?? 0
    this.#faulty.set(partition, {
      tries: tries + 1,
      until: dependencies.clock() + pauseBefore(tries, dependencies.random)
    })
    troubles.set(partition.name, message)
  }

  /** What comes next is not there: it was removed already, or the log is shorter than it was. */
  async #outOfRange(partition: Partition): Promise<void> {
    const { offsets, troubles } = this.#kit
    const begin = (await offsets.at(partition, this.#node, EARLIEST)) ?? 0
    const end = (await offsets.at(partition, this.#node, LATEST)) ?? 0
    const { fetchAt } = partition
    if (fetchAt < begin) {
      const last = begin - 1
      troubles.tell(partition.name, `messages ${fetchAt} to ${last} were removed before they were read`)
      this.#eater.gone(begin - fetchAt)
    }
    if (fetchAt > end)
      troubles.tell(
        partition.name,
        `it ends before message ${end}, though ${fetchAt - 1} was read; goes on there`
      )
    partition.fetchFrom(Math.max(begin, Math.min(fetchAt, end)))
  }

  /** A broker has lost messages, and others have their offsets. */
  #parted(partition: Partition, parted: number): void {
    const { place } = partition
    if (parted >= place.message) partition.goTo({ ...place, epoch: -1 })
    else {
      const { troubles } = this.#kit
      troubles.tell(
        partition.name,
        `messages from ${parted} on were lost by the brokers; others have taken their place`
      )
      partition.goTo({ message: parted, within: 0, epoch: -1 })
    }
  }
}

function keyOf(topicId: string, index: number): string {
  return `${topicId}/${index}`
}

function requestOf({ index, fetchAt, fetchedEpoch }: Partition): fetchV13.FetchRequestPartition {
  return {
    partition: index,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(fetchAt),
    lastFetchedEpoch: fetchedEpoch,
    partitionMaxBytes: MOST.partition
  }
}

const WORDS: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'this user may not read it (TOPIC_AUTHORIZATION_FAILED)',
  UNKNOWN_TOPIC_ID: 'the topic is gone (UNKNOWN_TOPIC_ID)',
  UNKNOWN_TOPIC_OR_PARTITION: 'the topic is gone (UNKNOWN_TOPIC_OR_PARTITION)',
  NOT_LEADER_OR_FOLLOWER: 'another broker leads it by now (NOT_LEADER_OR_FOLLOWER)'
}
