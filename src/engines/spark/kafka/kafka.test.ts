import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../../test/kafka.ts'
import { sparkMissing, sparkServer } from '../../../../test/spark.ts'
import type { Delivery } from '../../../core/delivery.ts'
import type { SourceProblem } from '../../../core/progress.ts'
import { mergeRollup, type Rollup } from '../../../core/rollup.ts'
import { addRows } from '../../../core/rows.ts'
import { addCounters, NO_COUNTERS, type KnownStream } from '../../../core/source.ts'
import { MINUTE, MINUTE_MS, SECOND } from '../../../core/time.ts'
import { kafkaOptions } from '../../../sources/kafka/options.ts'
import { produce } from '../../../sources/kafka/testing/produce.ts'
import { until } from '../../../sources/kafka/testing/reading.ts'
import { sourceDependencies } from '../../../sources/testing/client.ts'
import { parseSparkAddress } from '../../../spark/address.ts'
import { SparkSession } from '../../../spark/session.ts'
import { sparkKind } from '../index.ts'
import { SparkKafkaSource, type AskSpark } from './source.ts'

const missing = kafkaMissing ?? sparkMissing

/** Reads topics through Spark, and gathers what is delivered. */
class Run {
  readonly rollup: Rollup = new Map()
  readonly counters = { ...NO_COUNTERS }
  readonly positions = new Map<string, KnownStream>()
  readonly problems = new Set<string>()
  readonly rejected: string[] = []
  readonly #stop: () => Promise<void>

  private constructor(stop: () => Promise<void>) {
    this.#stop = stop
  }

  static async start(
    connect: string,
    read: 'worker' | 'spark',
    configured: object,
    known: readonly KnownStream[] = []
  ): Promise<Run> {
    const options = sparkKind.options.parse({
      connect,
      lines: false,
      kafka: { read },
      batch: { interval: '50ms' }
    })
    const source = { type: 'kafka', ...kafkaOptions.parse({ group: crypto.randomUUID(), ...configured }) }
    const plan = {
      name: crypto.randomUUID(),
      sources: [{ name: 'web', options: source, known, zone: 'UTC', format: 'common' }],
      window: 10 * SECOND,
      lateness: MINUTE,
      aging: false,
      country: false,
      limit: 1000,
      signals: []
    }
    let run: Run
    const sink = { write: async (delivery: Delivery) => run.#take(delivery) }
    const events = {
      progress: () => {},
      state: () => {},
      problem: ({ name, message }: SourceProblem) => void run.problems.add(`${name}: ${message}`),
      failed: (error: Error) => void run.problems.add(String(error))
    }
    const identity = 'kafka test'
    run = new Run(() => engine.stop())
    const engine = await sparkKind.start(options, plan, sink, events, { clock: Date.now, identity })
    return run
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
  }

  /** Requests counted, by their paths. */
  get paths(): Record<string, number> {
    const paths: Record<string, number> = {}
    for (const { metric, keys } of this.rollup.values())
      if (metric === 'path') for (const [key, { count }] of keys) paths[key] = (paths[key] ?? 0) + count
    return paths
  }

  #take({ rollup, counters, positions, rejected }: Delivery): void {
    const cells: Rollup = new Map()
    addRows(cells, rollup)
    mergeRollup(this.rollup, cells)
    for (const some of counters) addCounters(this.counters, some)
    for (const { bytes } of rejected) this.rejected.push(Buffer.from(bytes).toString('latin1'))
    for (const { stream: id, name, position, format } of positions)
      this.positions.set(id, { id, name, position, ...(format && { format }) })
  }
}

const line = (n: number): string =>
  `10.0.0.${n % 9} - - [30/Nov/2026:10:00:${String(n % 60).padStart(2, '0')} +0000] "GET /${n % 13} HTTP/1.1" 200 ${n}`

describe.skipIf(missing !== undefined)(
  `Kafka read by Spark${missing === undefined ? '' : `: skipped, ${missing}`}`,
  () => {
    let broker: Broker
    let connect: string

    beforeAll(async () => {
      ;[broker, { connect }] = await Promise.all([startBroker(), sparkServer()])
    })
    afterAll(() => broker[Symbol.asyncDispose]())

    it('counts what the worker that reads it itself counts, byte for byte', async () => {
      const topic = 'equal'
      await broker.createTopic(topic, 3)
      const hostile = [
        '\n',
        '',
        `${line(1)}\n${line(2)}`,
        `${line(3)}\n`,
        'no line at all',
        'caf\u00e9 \0\t\r',
        undefined
      ]
      for (const partition of [0, 1])
        await produce(
          broker,
          topic,
          [
            ...hostile.map(value => ({ key: 'k', value, partition })),
            ...Array.from({ length: 2000 }, (_, i) => ({ value: line(i), partition }))
          ],
          partition === 0 ? 'zstd' : 'lz4'
        )
      const runs = [
        await Run.start(connect, 'worker', { brokers: [broker.address], topics: [topic] }),
        await Run.start(connect, 'spark', { brokers: [broker.address], topics: [topic] })
      ]
      await until(
        () => runs.every(({ counters }) => counters.read >= 4010),
        () => runs.map(({ counters, problems }) => [counters, [...problems]])
      )
      await produce(
        broker,
        topic,
        Array.from({ length: 50 }, (_, i) => ({ value: line(i), partition: i % 3 }))
      )
      await until(
        () => runs.every(({ counters }) => counters.read >= 4060),
        () => runs.map(({ counters, problems }) => [counters, [...problems]])
      )
      const [worker, spark] = runs
      for (const run of runs) await run[Symbol.asyncDispose]()
      expect(spark!.counters).toEqual(worker!.counters)
      expect(spark!.paths).toEqual(worker!.paths)
      expect(spark!.rejected.toSorted()).toEqual(worker!.rejected.toSorted())
      const places = (run: Run) =>
        Object.fromEntries(
          Array.from(run.positions.values(), ({ id, position }) => [
            id,
            [position['message'], position.offset]
          ])
        )
      expect(places(spark!)).toEqual(places(worker!))

      await produce(broker, topic, [line(7)])
      const again = await Run.start(connect, 'spark', { brokers: [broker.address], topics: [topic] }, [
        ...spark!.positions.values()
      ])
      await until(
        () => again.counters.read > 0,
        () => [...again.problems]
      )
      await again[Symbol.asyncDispose]()
      expect(again.counters.read).toBe(1)
    })

    it('reads topics that are there while another one is missing, and that one once it is there', async () => {
      const topics = ['there', 'missing']
      await broker.createTopic('there', 2)
      const many = 12_000
      const some = Array.from({ length: many }, (_, i) => ({ value: line(i), partition: i % 2 }))
      await produce(broker, 'there', some)
      const run = await Run.start(connect, 'spark', { brokers: [broker.address], topics })
      const read = (lines: number): Promise<void> =>
        until(
          () => run.counters.read >= lines,
          () => [run.counters, [...run.problems]]
        )
      await read(many)
      expect([...run.problems].filter(text => text.includes('missing'))).not.toEqual([])
      // Where much has come, only the end is asked for.
      await produce(broker, 'there', some)
      await read(2 * many)
      await broker.createTopic('missing', 1)
      await produce(broker, 'missing', [line(1), line(2)])
      await read(2 * many + 2)
      await run[Symbol.asyncDispose]()
      expect(run.counters).toMatchObject({ read: 2 * many + 2, parsed: 2 * many + 2 })
      expect(Object.values(run.paths).reduce((sum, count) => sum + count, 0)).toBe(2 * many + 2)
    })

    it('finds where partitions end without reading what waits in them', async () => {
      await broker.createTopic('waiting', 2)
      const many = 20_000
      await produce(
        broker,
        'waiting',
        Array.from({ length: many }, (_, i) => ({ value: line(i), partition: i % 2 }))
      )
      const session = await SparkSession.open(parseSparkAddress(connect), { name: 'kafka test of ends' })
      let read = 0
      const ask: AskSpark = async (relation, signal) => {
        const rows = await session.query(relation, { signal })
        for (const { first, last } of rows) read += Number(last) - Number(first) + 1
        return rows
      }
      const options = {
        type: 'kafka',
        ...kafkaOptions.parse({ brokers: [broker.address], topics: ['waiting'] })
      }
      const source = new SparkKafkaSource(options, [], sourceDependencies(), ask)
      const found = new Map<string, number>()
      const stop = AbortSignal.timeout(2 * MINUTE_MS)
      for await (const streams of source.ready(stop)) {
        for (const { id, pending } of streams) found.set(id, pending)
        if ([...found.values()].reduce((sum, pending) => sum + pending, 0) === many) break
      }
      source.close()
      session.close()
      expect([...found.values()]).toEqual([many / 2, many / 2])
      expect(read).toBe(2)
    })

    it('is refused with logins of its own', async () => {
      const configured = {
        brokers: [broker.address],
        topics: ['x'],
        sasl: { mechanism: 'plain', username: 'u', password: 'secret' }
      }
      await expect(Run.start(connect, 'spark', configured)).rejects.toThrow(
        /"tls" and "sasl" cannot be used where Spark reads Kafka/
      )
    })
  }
)
