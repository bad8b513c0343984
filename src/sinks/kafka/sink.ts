import { ProduceAcks, type Producer } from '@platformatic/kafka'
import { VisorError } from '../../core/errors.ts'
import type { LineBatch, Sink } from '../../core/sink.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { unlessAborted } from '../../system/abort.ts'
import { Batches, type MessageBatch } from './batch.ts'
import { countPartitions, disconnect, drained, makeProducer } from './connect.ts'
import type { KafkaSinkOptions } from './options.ts'
import { Outage, problemWith } from './outage.ts'

/** Bytes of messages that may wait for their acknowledgement. */
const MAX_UNACKNOWLEDGED_BYTES = 4 * 1024 * 1024
/** After an abort, how long one more acknowledgement is waited for. */
const SHUTDOWN_TIMEOUT: Millis = SECOND_MS

const ACKS = { all: ProduceAcks.ALL, 1: ProduceAcks.LEADER, 0: ProduceAcks.NO_RESPONSE } as const

/** @throws VisorError BROKER when no broker answers for five seconds, or one refuses */
export async function openKafka(options: KafkaSinkOptions, signal: AbortSignal): Promise<Sink> {
  const outage = new Outage(options)
  const producer = makeProducer(options, error => outage.failed(error))
  try {
    const partitions = await countPartitions(producer, options, signal)
    const batches = new Batches(options.topic, partitions, options.key === 'client')
    return new KafkaSink(options, producer, batches, outage, signal)
  } catch (error) {
    await disconnect(producer)
    throw error
  }
}

/**
 * Lines to a topic, one message each. Of each partition one batch is on its way at a time, while the next ones grow:
 * a batch that is sent again keeps its place and its number, by which brokers know one that they have already. So with
 * `acks` all each line is there exactly once and in order, also when a broker was lost in the middle and came back
 * with what it had stored; with 1 some may be there twice; with 0 some may be lost together with a connection.
 *
 * When a broker refuses, the next `write`, or `close`, rejects with BROKER.
 */
class KafkaSink implements Sink {
  readonly framed = true
  readonly name: string
  written = 0
  readonly #options: KafkaSinkOptions
  readonly #producer: Producer
  readonly #outage: Outage
  readonly #signal: AbortSignal
  readonly #batches: Batches
  /** Partitions with a batch on its way. */
  readonly #busy = new Set<number>()
  #progress = Promise.withResolvers<void>()
  /** Bytes that were taken and not acknowledged. */
  #bytes = 0
  #taken = 0
  #failure: VisorError | undefined
  #thrown = false
  /** Whether `written` is. */
  #final = false

  constructor(
    options: KafkaSinkOptions,
    producer: Producer,
    batches: Batches,
    outage: Outage,
    signal: AbortSignal
  ) {
    this.name = `kafka://${options.brokers.join(',')}/${options.topic}`
    this.#options = options
    this.#producer = producer
    this.#outage = outage
    this.#signal = signal
    this.#batches = batches
  }

  async write(lines: LineBatch): Promise<void> {
    this.#check()
    this.#bytes += this.#batches.add(lines)
    this.#taken += lines.count
    for (let partition = 0; partition < this.#batches.partitions; partition++) void this.#send(partition)
    while (this.#bytes > MAX_UNACKNOWLEDGED_BYTES) {
      await unlessAborted(this.#signal, this.#progress.promise)
      this.#check()
    }
  }

  warnings(): readonly string[] {
    return this.#outage.warnings(this.#taken - this.written)
  }

  /** @throws VisorError BROKER when lines that were taken were refused, and no `write` has thrown that */
  async close(): Promise<void> {
    while (this.#bytes > 0 && !this.#failure) {
      const { written } = this
      await unlessAborted(AbortSignal.timeout(SHUTDOWN_TIMEOUT), this.#progress.promise).catch(() => {})
      if (this.#signal.aborted && this.written === written) break
    }
    const failure = this.#failure
    await disconnect(this.#producer)
    this.#final = true
    if (failure && !this.#thrown) throw failure
  }

  #check(): void {
    if (!this.#failure) return
    this.#thrown = true
    throw this.#failure
  }

  async #send(partition: number): Promise<void> {
    if (this.#busy.has(partition)) return
    this.#busy.add(partition)
    const next = (): MessageBatch | undefined => (this.#failure ? undefined : this.#batches.take(partition))
    for (let batch = next(); batch; batch = next()) await this.#deliver(batch)
    this.#busy.delete(partition)
  }

  async #deliver(batch: MessageBatch): Promise<void> {
    const { acks } = this.#options
    this.#outage.began(batch)
    try {
      await this.#producer.send({ messages: batch.messages, acks: ACKS[acks] })
      if (acks === '0') await drained(this.#producer)
      if (!this.#final) this.written += batch.messages.length
      this.#bytes -= batch.bytes
    } catch (error) {
      this.#failure ??= new VisorError('BROKER', problemWith(error, this.#options), { cause: error })
    }
    this.#outage.ended(batch)
    this.#progress.resolve()
    this.#progress = Promise.withResolvers()
  }
}
