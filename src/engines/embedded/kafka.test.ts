import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import type { Delivery, DeliverySink } from '../../core/delivery.ts'
import { DAY_MS } from '../../core/time.ts'
import { formatFor } from '../../formats/index.ts'
import { seeded } from '../../generator/random.ts'
import { kafkaOptions } from '../../sources/kafka/options.ts'
import { produce, type Message } from '../../sources/kafka/testing/produce.ts'
import { until } from '../../sources/kafka/testing/reading.ts'
import { openStore, openStoreSink, type Store } from '../../store/index.ts'
import { Run } from './testing/run.ts'

const PARTITIONS = 3

const line = (number: number): string =>
  `192.0.2.${number % 250} - - [01/Jan/2026:00:${String(Math.floor(number / 60) % 60).padStart(2, '0')}:${String(number % 60).padStart(2, '0')} +0000] "GET /line/${number} HTTP/1.1" 200 ${number}`

/** A store of its own, and an engine that reads a topic into it. */
class Engine {
  readonly #store: Store
  readonly #run: Run
  #dead = false

  private constructor(store: Store, run: (sink: DeliverySink) => Run) {
    this.#store = store
    const sink = openStoreSink(store.handle())
    this.#run = run({
      write: async (delivery: Delivery) => {
        if (this.#dead) throw new Error('killed')
        await sink.write(delivery)
      }
    })
  }

  static async start(folder: string, broker: Broker, topic: string): Promise<Engine> {
    const store = await openStore(folder, { formatFor, retention: 36_500 * DAY_MS, commitInterval: 50 })
    const options = {
      type: 'kafka',
      ...kafkaOptions.parse({ brokers: [broker.address], topics: [topic], group: topic })
    }
    const known = await store.positions({ source: 'web' })
    return new Engine(store, sink => new Run(options, sink, { format: 'common', known }))
  }

  get problems(): string[] {
    return this.#run.problems
  }

  /** Waits until so many lines are in the store. */
  async stores(count: number): Promise<void> {
    await until(
      async () => (await this.count()) >= count,
      () => this.problems
    )
  }

  /** How many lines are in the store. */
  async count(): Promise<number> {
    return (await this.#store.counters()).get('web')?.read ?? 0
  }

  /** The numbers of the lines in the store. */
  async numbers(): Promise<number[]> {
    const lines = await this.#store.lines({ sources: ['web'], limit: 1_000_000 })
    return lines.map(({ line }) => Number(/\d+$/.exec(Buffer.from(line).toString())?.[0]))
  }

  async stop(): Promise<void> {
    await this.#run.stop()
    await this.#store.close()
  }

  /** What it has read and not stored is lost. */
  async crash(): Promise<void> {
    this.#dead = true
    await this.#run.stop().catch(() => {})
    await this.#store.close()
  }
}

describe.skipIf(kafkaMissing)(
  `lines of Kafka in a store (${kafkaMissing ?? 'Java, and Kafka by Maven'})`,
  () => {
    let broker: Broker
    let folder = ''
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'visor-kafka-ingest-'))
      broker = await startBroker()
    })
    afterAll(async () => {
      await broker[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    })

    const random = seeded(3)

    /** Sends numbered lines, several in some messages, with messages that have none among them. */
    async function send(topic: string, from: number, to: number): Promise<void> {
      const messages: Message[] = []
      for (let next = from; next < to;) {
        const count = Math.min(to - next, 1 + Math.floor(random() * 6))
        const lines = Array.from({ length: count }, () => line(next++)).join('\n')
        const partition = Math.floor(random() * PARTITIONS)
        messages.push({ value: random() < 0.5 ? lines : `${lines}\n`, partition })
        if (random() < 0.2) messages.push({ key: 'gone', value: undefined, partition })
      }
      await produce(broker, topic, messages, 'zstd')
    }

    const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

    it('are there once, though the engine crashes and the broker is killed', async () => {
      await broker.createTopic('crashed', PARTITIONS)
      const store = join(folder, 'crashed')
      let sent = 0
      const more = async (count: number): Promise<void> => {
        await send('crashed', sent, sent + count)
        sent += count
      }
      for (const end of ['engine', 'broker', 'both'] as const) {
        await more(10_000)
        const engine = await Engine.start(store, broker, 'crashed')
        await engine.stores(sent - 9000)
        if (end !== 'engine') await broker.kill()
        if (end !== 'broker') await engine.crash()
        if (end !== 'engine') await broker.start()
        if (end !== 'broker') continue
        await more(5000)
        await engine.stores(sent)
        await engine.stop()
      }
      const last = await Engine.start(store, broker, 'crashed')
      await last.stores(sent)
      expect((await last.numbers()).toSorted((a, b) => a - b)).toEqual(upTo(sent))
      await last.stop()
    })

    it('are rejected where they are too long, and shown with what they begin with', async () => {
      await broker.createTopic('long', 1)
      await produce(broker, 'long', [
        line(1),
        'x'.repeat(900_000),
        `${line(2)}\n${'y'.repeat(70_000)}\n${line(3)}`
      ])
      const delivered: Delivery[] = []
      const settings = { brokers: [broker.address], topics: ['long'], maxLineBytes: '64KiB' }
      const options = { type: 'kafka', ...kafkaOptions.parse(settings) }
      const sink: DeliverySink = { write: async delivery => void delivered.push(delivery) }
      const run = new Run(options, sink, { format: 'common' })
      await until(
        () => run.counters.read === 5,
        () => [run.counters, run.problems]
      )
      await run.stop()
      expect(run.counters.rejected).toBe(2)
      expect(delivered.flatMap(({ rejected }) => rejected.map(({ bytes }) => bytes[0]))).toEqual([120, 121])
    })

    it('are there once in two stores together, whose engines come and go', async () => {
      await broker.createTopic('shared', PARTITIONS)
      const [one, two] = ['one', 'two'].map(name => join(folder, name))
      if (one === undefined || two === undefined) throw new Error('there are no stores')
      let sent = 0
      let stopped = false
      const sending = (async () => {
        for (; !stopped; sent += 100) {
          await send('shared', sent, sent + 100)
          await setTimeout(10)
        }
      })()
      const start = (store: string): Promise<Engine> => Engine.start(store, broker, 'shared')
      const grows = async (engine: Engine): Promise<void> => engine.stores((await engine.count()) + 1)
      let first = await start(one)
      await grows(first)
      let second = await start(two)
      await grows(second)
      await first.stop()
      await grows(second)
      first = await start(one)
      await grows(first)
      await second.stop()
      await grows(first)
      second = await start(two)
      await grows(second)
      stopped = true
      await sending
      await until(
        async () => (await first.count()) + (await second.count()) >= sent,
        () => first.problems
      )
      const all = [...(await first.numbers()), ...(await second.numbers())]
      expect(all.toSorted((a, b) => a - b)).toEqual(upTo(sent))
      await first.stop()
      await second.stop()
    })
  }
)
