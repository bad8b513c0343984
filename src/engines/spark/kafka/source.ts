import type { KnownStream, Problem } from '../../../core/source.ts'
import { VisorError } from '../../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../../core/time.ts'
import { counted } from '../../../core/units.ts'
import type { SourceOptions } from '../../../sources/index.ts'
import type { RangeSource, SourceDependencies } from '../../../sources/kind.ts'
import type { TopicPartition } from '../../../sources/kafka/assigned-partition.ts'
import { KafkaErrors } from '../../../sources/kafka/errors.ts'
import { fetchPositionOf, unreadBefore } from '../../../sources/kafka/fetch-position.ts'
import { Lifecycle } from '../../../sources/kafka/lifecycle.ts'
import type { KafkaOptions } from '../../../sources/kafka/options.ts'
import type { KafkaRange } from '../../../sources/kafka/range.ts'
import { RangePartition } from '../../../sources/kafka/range-partition.ts'
import type { SparkRow } from '../../../spark/arrow.ts'
import { SparkError } from '../../../spark/problem.ts'
import type { SparkRelation } from '../../../spark/relation.ts'
import { reasonOf } from '../../../system/reason.ts'
import { connectorMissing, kafkaRefusalIn, type KafkaRefusal } from './refusal.ts'
import { firstPlan, lookPlan } from './plan.ts'
import { endRelation, partitionsRelation, sinceRelation, spanRelation } from './relation.ts'

/** Between two looks where nothing has come, and between those for other partitions. */
const LOOK_INTERVAL: Millis = 250
const PARTITIONS_INTERVAL: Millis = 5 * SECOND_MS

/** Reading so many messages only to see where they end takes longer than asking for that, which is done partition by partition. */
const MANY = 5000

/** Asks Spark for rows. */
export type AskSpark = (relation: SparkRelation, signal: AbortSignal) => Promise<readonly SparkRow[]>

/** Whether a source is one of Kafka. */
export function isKafka(options: SourceOptions): options is SourceOptions & KafkaOptions {
  return options.type === 'kafka'
}

/** A partition of which Spark reads the ranges. */
class RowsPartition extends RangePartition {
  override next(most: number): KafkaRange | undefined {
    const range = super.next(most)
    return range && { ...range, rows: true }
  }
}

/**
 * Topics of Kafka that Spark reads with its own source, where the brokers are out of Visor's reach: partitions, and where they
 * end, are found by plans. Where little comes, these read what has come since the look before; where much does, they only ask
 * for the end. Positions are the store's alone, and there is no group.
 */
export class SparkKafkaSource implements RangeSource {
  readonly maxLineBytes: number
  readonly #options: KafkaOptions
  readonly #dependencies: SourceDependencies
  readonly #ask: AskSpark
  readonly #lifecycle: Lifecycle
  readonly #errors: KafkaErrors
  readonly #known: Map<string, KnownStream>
  readonly #partitions = new Map<string, RangePartition>()
  /** Where partitions begin that nobody knows: with what was written since a time. */
  readonly #since = new Map<RangePartition, Millis>()
  /** Where those stood at the last look that had something to read. */
  readonly #stood = new Map<RangePartition, number>()
  /** Those to which much came before the last look. */
  readonly #busy = new Set<RangePartition>()
  readonly #opened: Millis
  #removed = 0
  #partitionsLooked: Millis = -Infinity

  /** @throws VisorError for options that Spark's source cannot take from here */
  constructor(
    options: KafkaOptions,
    known: readonly KnownStream[],
    dependencies: SourceDependencies,
    ask: AskSpark
  ) {
    if (options.tls || options.sasl)
      throw new VisorError(
        'CONFIG',
        `source ${dependencies.name}: "tls" and "sasl" cannot be used where Spark reads Kafka (kafka.read: spark): they would stand in its plans; the cluster's own credentials are used, or "read" is to be "worker"`
      )
    this.maxLineBytes = options.maxLineBytes
    this.#options = options
    this.#dependencies = dependencies
    this.#ask = ask
    this.#lifecycle = new Lifecycle(dependencies.random)
    this.#errors = new KafkaErrors(options.brokers, dependencies.clock, this.#lifecycle)
    this.#known = new Map(known.map(one => [one.id, one]))
    this.#opened = dependencies.clock()
  }

  async *ready(signal: AbortSignal): AsyncGenerator<readonly RangePartition[]> {
    signal.addEventListener('abort', () => this.#lifecycle.end())
    for (let tries = 0; !signal.aborted;) {
      const error = await this.#look(signal).catch((error: unknown) => error)
      if (signal.aborted) return
      this.#errors.set('as Spark reads it', error === undefined ? undefined : reasonOf(error))
      tries = error === undefined ? 0 : tries + 1
      const waiting = [...this.#partitions.values()].filter(one => one.waiting)
      for (const partition of waiting) partition.offer()
      if (waiting.length > 0) yield waiting
      for (const partition of waiting) if (partition.finished) this.#partitions.delete(partition.id)
      await (tries > 0 ? this.#lifecycle.backOff(tries - 1) : this.#lifecycle.sleep(LOOK_INTERVAL))
    }
  }

  close(): void {
    this.#lifecycle.end()
  }

  problems(): readonly Problem[] {
    return this.#errors.all
  }

  state(): string {
    const partitions = [...this.#partitions.values()]
    const lag = partitions.reduce((sum, partition) => sum + partition.lag, 0)
    return [
      `kafka ${this.#options.brokers.join(',')}, read by Spark`,
      counted(partitions.length, 'partition'),
      ...(partitions.length > 0 ? [`${counted(lag, 'message')} behind`] : []),
      ...(this.#removed > 0 ? [`${counted(this.#removed, 'message')} removed before they were read`] : [])
    ].join(', ')
  }

  /** Finds out which partitions there are, where they end, and where those begin that are new. */
  async #look(signal: AbortSignal): Promise<void> {
    const now = this.#dependencies.clock()
    if (now - this.#partitionsLooked >= PARTITIONS_INTERVAL) await this.#lookForPartitions(signal)
    const begun = [...this.#partitions.values()].filter(one => one.begun && !this.#since.has(one))
    const [busy, others] = [true, false].map(is => begun.filter(one => this.#busy.has(one) === is))
    for (const partition of busy!) await this.#lookForEnd(partition, signal)
    if (others!.length > 0) {
      const spans = others!.map(one => ({ topic: one.topic, index: one.index, from: this.#lookFrom(one) }))
      await this.#asked(lookPlan(spanRelation(this.#options, spans)), signal)
    }
    for (const [time, some] of Map.groupBy(this.#since.keys(), one => this.#since.get(one)!))
      await this.#lookForFirst(some, time, signal)
  }

  /** Topic by topic: one that is not there hinders no other. */
  async #lookForPartitions(signal: AbortSignal): Promise<void> {
    const { topics } = this.#options
    const isFirst = this.#partitionsLooked === -Infinity
    for (const topic of topics ?? [undefined]) {
      const wanted = topic === undefined ? this.#options : { ...this.#options, topics: [topic] }
      try {
        const refusal = await this.#refusalOf(lookPlan(partitionsRelation(wanted)), signal)
        if (refusal?.kind === 'partitions') this.#assign(refusal.partitions, topic, isFirst)
        if (topic !== undefined) this.#errors.set(topic, undefined)
      } catch (error) {
        if (topic === undefined || !isOfTopic(error)) throw error
        this.#errors.set(topic, reasonOf(error))
      }
    }
    this.#partitionsLooked = this.#dependencies.clock()
  }

  /** Where a partition begins that nobody knows, one after the other. */
  async #lookForFirst(some: readonly RangePartition[], time: Millis, signal: AbortSignal): Promise<void> {
    for (let left = some; left.length > 0;) {
      await this.#asked(firstPlan(sinceRelation(this.#options, left, time)), signal)
      const next = left.filter(one => this.#since.get(one) === time)
      if (next.length === left.length) return
      left = next
    }
  }

  async #lookForEnd(partition: RangePartition, signal: AbortSignal): Promise<void> {
    const refusal = await this.#refusalOf(lookPlan(endRelation(this.#options, partition)), signal)
    if (refusal?.kind !== 'shorter') return void this.#busy.delete(partition)
    const { end } = refusal
    if (end < partition.logEnd) this.#heed(refusal)
    else this.#grow(partition, end)
  }

  async #asked(plan: SparkRelation, signal: AbortSignal): Promise<void> {
    const refusal = await this.#refusalOf(plan, signal)
    if (refusal) this.#heed(refusal)
  }

  /** What Spark refuses to read; `undefined` where it read something, which is noted. */
  async #refusalOf(plan: SparkRelation, signal: AbortSignal): Promise<KafkaRefusal | undefined> {
    try {
      for (const row of await this.#ask(plan, signal)) this.#found(row)
      return undefined
    } catch (error) {
      const refusal = error instanceof SparkError ? kafkaRefusalIn(error) : undefined
      if (!refusal) throw error
      if (refusal.kind === 'connector') throw connectorMissing()
      return refusal
    }
  }

  /** Behind what is known; where nothing moves, from where it stands, since that may be gone. */
  #lookFrom(partition: RangePartition): number {
    const { message } = partition.fetchPosition
    const stands = partition.lag > 0 && this.#stood.get(partition) === message
    this.#stood.set(partition, message)
    return stands ? message : partition.logEnd
  }

  #found({ topic, partition: index, first, last }: SparkRow): void {
    const partition = this.#partitions.get(this.#idOf({ topic: String(topic), index: Number(index) }))
    if (!partition) return
    const [begin, end] = [Number(first), Number(last) + 1]
    const isNew = this.#since.delete(partition)
    if (isNew) this.#begin(partition, begin)
    this.#grow(partition, end)
    // There may be any number of them.
    if (isNew) this.#busy.add(partition)
  }

  /** It ends there by now. */
  #grow(partition: RangePartition, end: number): void {
    if (end - partition.logEnd >= MANY) this.#busy.add(partition)
    else this.#busy.delete(partition)
    partition.push([], Math.max(end, partition.logEnd), this.#dependencies.clock())
  }

  #begin(partition: RangePartition, message: number): void {
    const position = { message, within: 0, epoch: -1 }
    if (!partition.begun) return partition.begin(position, '', '', 0)
    const { message: before } = partition.fetchPosition
    this.#errors.add(
      partition.name,
      `messages ${before} to ${message - 1} were removed before they were read`
    )
    this.#removed += message - before
    partition.remove(before, message, this.#dependencies.clock())
    partition.goTo(position)
  }

  #heed(refusal: KafkaRefusal): void {
    if (refusal.kind === 'connector' || refusal.kind === 'partitions') return
    const partition = this.#partitions.get(this.#idOf(refusal.partition))
    if (!partition) return
    if (refusal.kind === 'removed') this.#since.set(partition, 0)
    else {
      const { end } = refusal
      this.#errors.add(
        partition.name,
        `it ends before message ${end}, though ${partition.logEnd - 1} was read; goes on there`
      )
      partition.logEnd = end
      partition.goTo({ message: end, within: 0, epoch: -1 })
    }
  }

  /** Takes over which partitions a topic has; all topics when absent. */
  #assign(found: readonly TopicPartition[], topic: string | undefined, isFirst: boolean): void {
    const ids = new Set(found.map(one => this.#idOf(one)))
    for (const partition of this.#partitions.values())
      if ((topic === undefined || partition.topic === topic) && !ids.has(partition.id)) this.#end(partition)
    for (const one of found) if (!this.#partitions.has(this.#idOf(one))) this.#add(one, isFirst)
  }

  #add(one: TopicPartition, isFirst: boolean): void {
    const partition = new RowsPartition(this.#idOf(one), one, () => undefined)
    this.#partitions.set(partition.id, partition)
    const known = this.#known.get(partition.id)?.position
    const position = known && fetchPositionOf(known)
    if (position) partition.begin(position, '', '', known.offset, unreadBefore(known))
    else this.#since.set(partition, isFirst ? this.#startTime() : 0)
  }

  #end(partition: RangePartition): void {
    const { id, name } = partition
    if (partition.begun) this.#known.set(id, { id, name, position: partition.position() })
    else this.#partitions.delete(id)
    partition.finish()
    this.#since.delete(partition)
    this.#stood.delete(partition)
    this.#busy.delete(partition)
  }

  #startTime(): Millis {
    const { start } = this.#options
    if (start === 'earliest') return 0
    return start === 'latest' ? this.#opened : Date.parse(start)
  }

  #idOf({ topic, index }: TopicPartition): string {
    return `kafka:${this.#dependencies.name}:${topic}:${index}`
  }
}

/** Whether it is a topic that is wrong, and not Spark or the brokers. */
function isOfTopic(error: unknown): boolean {
  return (
    error instanceof SparkError &&
    /does not host this topic|UnknownTopic|not authorized|TopicAuthorization/i.test(
      `${error.message} ${error.detail}`
    )
  )
}
