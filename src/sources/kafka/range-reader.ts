import { setTimeout } from 'node:timers/promises'
import type { Position } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { wrongWith } from '../../kafka/problem.ts'
import type { FetchedStream, RangeToRead } from '../kind.ts'
import { Cluster, errorName } from './cluster.ts'
import { fetchFrom, fetchProblem, lostFrom } from './fetch-request.ts'
import { batchesOf, type FetchedPartition } from './fetch-response.ts'
import { fetchPositionOf, unreadBefore } from './fetch-position.ts'
import type { KafkaOptions } from './options.ts'
import { Partition } from './partition.ts'
import { isKafkaRange, type KafkaRange } from './range.ts'

/** The pauses before what may pass is tried again, over the whole of a range. */
const RETRY_DELAYS: readonly Millis[] = [100, 200, 400, 800, 1600, 2000]
/** How long an answer is waited for; and how long a broker waits for messages that are said to be there. */
const ANSWER_TIMEOUT: Millis = 5 * SECOND_MS
const MAX_WAIT: Millis = 100
/** Bytes that one request asks for: at the most, and beyond what the messages are expected to have. */
const MAX_BYTES = 4 << 20
const SPARE_BYTES = 64 << 10

/** Errors of Kafka that trying again does not mend. */
const FINAL = ['OFFSET_OUT_OF_RANGE', 'TOPIC_AUTHORIZATION_FAILED']

/** What cannot be read however often it is tried. */
class Unreadable extends Error {}

/** How to reach the brokers. */
type BrokerOptions = Pick<KafkaOptions, 'brokers' | 'tls' | 'sasl'>

/**
 * Brokers that the ranges of this process share, by how they are reached: connecting takes longer than reading a small range.
 * What failed is left to those who use it still, and others connect anew.
 */
class SharedBrokers {
  readonly #clusters = new Map<string, Cluster>()
  readonly #users = new Map<Cluster, number>()

  take({ brokers, tls, sasl }: BrokerOptions): Cluster {
    const key = JSON.stringify([brokers, tls, sasl])
    const cluster = this.#clusters.get(key) ?? new Cluster({ brokers, tls, sasl })
    this.#clusters.set(key, cluster)
    this.#users.set(cluster, (this.#users.get(cluster) ?? 0) + 1)
    return cluster
  }

  /** `failed`: nobody is to take it any more. */
  release(cluster: Cluster, failed: boolean): void {
    const users = (this.#users.get(cluster) ?? 1) - 1
    this.#users.set(cluster, users)
    if (failed) for (const [key, one] of this.#clusters) if (one === cluster) this.#clusters.delete(key)
    if (users > 0 || [...this.#clusters.values()].includes(cluster)) return
    this.#users.delete(cluster)
    cluster.cut()
  }
}

const brokers = new SharedBrokers()

/** Ranges of Kafka. */
export const kafkaRanges = {
  read: (options: BrokerOptions & { readonly type: string }, range: RangeToRead, signal: AbortSignal) =>
    new KafkaRangeReader(options, range, signal, brokers)
}

/** The lines of a range. The next messages are asked for while those before are read. */
export class KafkaRangeReader implements FetchedStream {
  readonly name: string
  readonly id: string
  readonly replayable = true
  readonly finished = false
  problem: string | undefined
  readonly #range: KafkaRange
  readonly #signal: AbortSignal
  readonly #cluster: Cluster
  readonly #shared: SharedBrokers | undefined
  readonly #partition: Partition
  readonly #delays = [...RETRY_DELAYS]
  readonly #end: number
  /** The broker that is asked. */
  #node: number | undefined
  /** What is under way: from which message on. */
  #asked: { readonly from: number; readonly answer: Promise<FetchedPartition | undefined> } | undefined

  /** `shared`: with whom it shares connections. @throws TypeError for a range of another source */
  constructor(options: BrokerOptions, range: RangeToRead, signal: AbortSignal, shared?: SharedBrokers) {
    const { position, messages } = range
    const from = fetchPositionOf(position)
    if (!isKafkaRange(range) || from?.topic === undefined)
      throw new TypeError(`${range.text} is no range of Kafka`)
    this.#range = range
    this.#signal = signal
    this.#end = from.message + messages
    this.#node = range.leader?.node
    this.#shared = shared
    this.#cluster = shared?.take(options) ?? new Cluster(options)
    if (range.leader) this.#cluster.hear(range.leader)
    this.#partition = new Partition(range.text, range, this.#end)
    const { offset, member } = position
    this.#partition.begin(from, from.topic, String(member), offset, unreadBefore(position))
    ;({ id: this.id, name: this.name } = this.#partition)
  }

  get pending(): number {
    return this.#partition.pending
  }

  read(into: Uint8Array): number {
    return this.#partition.read(into)
  }

  advance(bytes: number): void {
    this.#partition.advance(bytes)
  }

  position(): Position {
    return this.#partition.position()
  }

  async fetch(): Promise<boolean> {
    while (this.problem === undefined && this.#partition.fetchAt < this.#end) {
      const fault = this.#partition.takeFault() ?? (await this.#fetch().catch((error: unknown) => error))
      if (fault === undefined) return true
      this.#asked = undefined
      await this.#wait(fault)
    }
    return false
  }

  prefetch(): void {
    if (this.#asked || this.problem !== undefined || this.#partition.fetchAt >= this.#end) return
    this.#askAhead()
  }

  close(): void {
    if (!this.#shared) return this.#cluster.cut()
    // What is asked for still would come in the way of others.
    this.#shared.release(this.#cluster, this.#asked !== undefined || this.problem !== undefined)
  }

  /** Waits before the next try; where there is none, that is the problem. */
  async #wait(fault: unknown): Promise<void> {
    const delay = fault instanceof Unreadable ? undefined : this.#delays.shift()
    this.#node = undefined
    if (delay !== undefined) await setTimeout(delay, undefined, { signal: this.#signal }).catch(() => {})
    if (this.#signal.aborted)
      this.problem = `${this.#range.text}: reading was ended before all of it was there`
    else if (delay === undefined)
      this.problem = `${this.#range.text}: ${fault instanceof Error ? fault.message : String(fault)}`
  }

  async #fetch(): Promise<void> {
    const from = this.#partition.fetchAt
    const asked = this.#asked?.from === from ? this.#asked.answer : this.#ask()
    this.#asked = undefined
    this.#take(await this.#soon(asked))
    if (this.#partition.fetchAt < this.#end) this.#askAhead()
  }

  #askAhead(): void {
    const answer = this.#ask()
    // Whoever comes for it hears of its failure.
    answer.catch(() => {})
    this.#asked = { from: this.#partition.fetchAt, answer }
  }

  async #ask(): Promise<FetchedPartition | undefined> {
    this.#node ??= await this.#leader()
    const connection = await this.#cluster.connect(this.#node, 'fetch')
    const { bytes, messages } = this.#range
    const left = this.#end - this.#partition.fetchAt
    const size = Math.min(MAX_BYTES, Math.ceil((left * bytes) / messages) + SPARE_BYTES)
    const bounds = { all: size, partition: size }
    const [fetched] = await fetchFrom(connection, [this.#partition], MAX_WAIT, bounds)
    return fetched
  }

  async #leader(): Promise<number> {
    const { topic, index } = this.#range
    const [found] = await this.#cluster.topics([topic])
    const leader = found?.leaders[index] ?? -1
    if (leader < 0) throw new Error('no broker leads it at the moment')
    return leader
  }

  #take(fetched: FetchedPartition | undefined): void {
    if (!fetched) throw new Error('the broker answers without messages; a quota may be used up')
    const { divergedAt } = fetched
    const error = fetched.error === 0 ? undefined : errorName(fetched.error)
    if (error !== undefined && FINAL.includes(error)) throw new Unreadable(fetchProblem(error))
    if (error !== undefined) throw new Error(fetchProblem(error))
    if (divergedAt === undefined) return this.#push(fetched)
    if (divergedAt < this.#partition.fetchAt) throw new Unreadable(lostFrom(divergedAt))
    this.#partition.fetchedEpoch = -1
  }

  #push(fetched: FetchedPartition): void {
    const batches = batchesOf(fetched)
    this.#partition.push(batches)
    // Where messages with the same keys came later, nothing may be left up to the end.
    if (batches.some(({ base }) => base >= this.#end) || (batches.length === 0 && fetched.end >= this.#end))
      this.#partition.fetchFrom(this.#end)
    else if (batches.length === 0) throw new Error(`its broker has no messages from ${fetched.end} on`)
  }

  /** Rejects in words when there is no answer, or none in time. */
  async #soon<T>(asked: Promise<T>): Promise<T> {
    const done = new AbortController()
    const signal = AbortSignal.any([this.#signal, done.signal])
    const late = setTimeout(ANSWER_TIMEOUT, undefined, { signal }).then(() => {
      throw new Unreadable(`there is no answer within ${ANSWER_TIMEOUT / SECOND_MS} seconds`)
    })
    const answered = asked.catch((error: unknown) => {
      throw new Error(wrongWith(error))
    })
    try {
      return await Promise.race([answered, late])
    } finally {
      done.abort()
      // Whichever of them came second is of no use.
      await Promise.allSettled([late])
    }
  }
}
