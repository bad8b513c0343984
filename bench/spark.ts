/**
 * Lines of Kafka through Spark and through the embedded engine: node bench/spark.ts [LINES] [PART…]
 * A real broker, Spark as one process with two cores, and as a cluster of one-core workers, all on this machine; all metrics and the
 * signals of the ready-made rules are on. Prints a table. Parts, all of them when none is named:
 *   floor       what Spark takes for nothing, and for a program that does nothing
 *   rate        lines/s from 2 partitions, and of the embedded engine
 *   partitions  the same from 64
 *   small       from the acknowledgement of 5,000 lines until their counts are stored
 *   mail        from before a line is written until its alert's mail is accepted, with the settings that are the default
 *   keys        10 to 1 M different clients and paths: what comes back, and what it costs this process
 *   cluster     5,000 lines on two workers of one core
 *   executors   lines/s on two workers of one core, and on one
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startSpark } from '../src/local/spark/start.ts'
import { linesOf } from '../src/sinks/contract.ts'
import { openTarget } from '../src/sinks/kafka/testing/open.ts'
import { parseSparkAddress } from '../src/spark/address.ts'
import { aliasOf, localRelation, queryPlan, sql, sqlOver, type SparkRelation } from '../src/spark/relation.ts'
import { SparkSession } from '../src/spark/session.ts'
import { defaultCache } from '../src/system/folders.ts'
import { startBroker, type Broker } from '../test/kafka.ts'
import { Alarms, stop, watch } from './alarms.ts'
import { PIECE } from './kafka-lines.ts'
import { burst, embedded, fill, onSpark, Reading, whole, type Contender } from './spark-reading.ts'

const LINES = Number(process.argv[2] ?? 1_000_000)
const PARTS = process.argv.slice(3)
const RUNS = 3
const SMALL = { lines: PIECE, warm: 10, batches: 100 }
const MAILS = 150
const KEYS = [10, 1000, 100_000, 1_000_000]

const wants = (...parts: string[]): boolean => PARTS.length === 0 || parts.some(part => PARTS.includes(part))
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const percentile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * q) - 1)]!
const spread = (values: readonly number[]): string => {
  const all = values.map(Math.round)
  return `${median(all)} (${Math.min(...all)} to ${Math.max(...all)})`
}

const table: string[] = []
const row = (what: string, figure: string): void => {
  table.push(`| ${what} | ${figure} |`)
  console.log(`${what}: ${figure}`)
}

/** How quick this machine is at the moment, for one thread. */
function machine(): string {
  const bytes = Buffer.alloc(64 << 20, 1)
  const speeds = Array.from({ length: 5 }, () => {
    const began = performance.now()
    createHash('sha256').update(bytes).digest()
    return bytes.length / (performance.now() - began) / 1000
  })
  return `${Math.round(Math.max(...speeds))} MB/s; load ${loadavg()[0]?.toFixed(1)}`
}

/** Contenders in turn, several times; the first round warms up. Thousand lines/s of each. */
async function rates(
  contenders: readonly Contender[],
  address: string,
  topic: string
): Promise<readonly (readonly number[])[]> {
  const results = contenders.map((): number[] => [])
  for (let run = 0; run <= RUNS; run++)
    for (const [i, contender] of contenders.entries()) {
      const { seconds } = await whole(contender, address, topic, LINES)
      if (run > 0) results[i]!.push(LINES / seconds / 1000)
    }
  return results
}

async function compared(what: string, spark: Contender, address: string, topic: string): Promise<void> {
  const [here, there] = await rates([embedded, spark], address, topic)
  const ratio = (median(there!) / median(here!)).toFixed(2)
  row(`${what}, thousand lines/s: ${spark.name}`, spread(there!))
  row(`${what}, thousand lines/s: embedded, in the same run`, `${spread(here!)}; Spark is ${ratio} of it`)
}

/** Warm, one batch at a time. */
async function small(contender: Contender, { address }: Broker, topic: string): Promise<void> {
  await using reading = await Reading.start(contender, address, topic)
  const times: number[] = []
  for (let i = 0; i < SMALL.batches + SMALL.warm; i++) {
    const before = reading.lines
    const begin = await burst(address, topic, i)
    await reading.until(before + SMALL.lines)
    if (i >= SMALL.warm) times.push(performance.now() - begin)
    await setTimeout(50 + Math.random() * 100)
  }
  const [p50, p99] = [0.5, 0.99].map(q => Math.round(percentile(times, q)))
  row(
    `${SMALL.lines} lines, last acknowledgement to stored counts, ms: ${contender.name}`,
    `p50 ${p50}, p99 ${p99}`
  )
}

/** What Spark takes without a worker. */
async function floor(name: string, connect: string): Promise<void> {
  const session = await SparkSession.open(parseSparkAddress(connect), { name: 'floor' })
  const script = (): SparkRelation => {
    const alias = aliasOf('floor')
    return sqlOver(`SELECT TRANSFORM(task) USING 'cat' AS (task STRING) FROM ${alias}`, {
      [alias]: localRelation({ task: { type: 'text', values: ['x'] } })
    })
  }
  for (const [what, make] of [
    ['SELECT 1', () => sql('SELECT 1')],
    ['TRANSFORM with cat', script]
  ] as const) {
    const times: number[] = []
    for (let i = 0; i < 80; i++) {
      const began = performance.now()
      await session.run(queryPlan(make()))
      if (i >= 30) times.push(performance.now() - began)
    }
    const [p50, p99] = [0.5, 0.99].map(q => Math.round(percentile(times, q)))
    row(`Spark alone, ms: ${what}, ${name}`, `p50 ${p50}, p99 ${p99}`)
  }
  session.close()
}

async function mail(connect: string, broker: Broker): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
  const alarms = await Alarms.open()
  await broker.createTopic('mail', 2)
  const web = { type: 'kafka', brokers: [broker.address], topics: ['mail'], format: 'combined' }
  const watching = await watch(
    alarms.configure(folder, { sources: { web }, engine: { type: 'spark', connect } })
  )
  const sink = await openTarget(`kafka://${broker.address}/mail`)
  await setTimeout(5000)
  const times = await alarms.raise(MAILS, line => sink.write(linesOf([line.trimEnd()], ['x'])), {
    least: 50,
    most: 350
  })
  await sink.close()
  await stop(watching)
  await alarms.close()
  rmSync(folder, { recursive: true })
  const [p50, p99] = [0.5, 0.99].map(share => Math.round(times.at(share)))
  const wrong = times.missing + times.twice > 0 ? `; ${times.missing} missing, ${times.twice} more` : ''
  row(
    `a line written to Kafka to its mail accepted, ms, ${times.mails} mails`,
    `p50 ${p50}, p99 ${p99}${wrong}`
  )
}

async function keys(spark: Contender, { address }: Broker): Promise<void> {
  for (const count of KEYS) {
    const topic = `keys-${count}`
    const there = await whole(spark, address, topic, LINES)
    const here = await whole(embedded, address, topic, LINES)
    const rate = (seconds: number): number => Math.round(LINES / seconds / 1000)
    row(
      `${count} clients and paths, thousand lines/s: Spark; embedded`,
      `${rate(there.seconds)}; ${rate(here.seconds)}. ${there.plans} plans brought ${(there.bytes / 1e6).toFixed(2)} MB ` +
        `and ${there.keys} keys; ${there.own.toFixed(1)} s of processor time in Visor (${here.own.toFixed(1)} embedded)`
    )
  }
}

async function topicOf(broker: Broker, name: string, partitions: number, keys?: number): Promise<string> {
  await broker.createTopic(name, partitions)
  await fill(broker.address, name, LINES, keys)
  return name
}

async function withSpark<T>(
  workers: number,
  cores: number,
  act: (contender: Contender, connect: string) => Promise<T>
): Promise<T> {
  const { signal } = new AbortController()
  const fetching = { env: process.env, cache: defaultCache(process.env), signal, progress: () => {} }
  await using spark = await startSpark({ workers, cores, memory: 1536, tied: true }, fetching)
  const name = workers === 0 ? `local[${cores}]` : `${workers} x ${cores} core`
  return await act(onSpark(name, spark.address), spark.address)
}

await using broker = await startBroker()
const { address } = broker
row('this machine, one thread, SHA-256', machine())
if (wants('rate', 'executors')) await topicOf(broker, 'filled', 2)
if (wants('partitions')) await topicOf(broker, 'wide', 64)
if (wants('keys')) for (const count of KEYS) await topicOf(broker, `keys-${count}`, 8, count)

if (wants('floor', 'rate', 'partitions', 'small', 'mail', 'keys'))
  await withSpark(0, 2, async (spark, connect) => {
    if (wants('floor')) await floor(spark.name, connect)
    if (wants('rate')) await compared(`${LINES} lines, 2 partitions`, spark, address, 'filled')
    if (wants('partitions')) await compared(`${LINES} lines, 64 partitions`, spark, address, 'wide')
    if (wants('small')) {
      await broker.createTopic('small', 2)
      await small(spark, broker, 'small')
    }
    if (wants('mail')) await mail(connect, broker)
    if (wants('keys')) await keys(spark, broker)
  })

if (wants('floor', 'cluster', 'executors')) {
  const two = await withSpark(2, 1, async (spark, connect) => {
    if (wants('floor')) await floor(spark.name, connect)
    if (wants('cluster')) {
      await broker.createTopic('cluster', 2)
      await small(spark, broker, 'cluster')
    }
    return wants('executors') ? (await rates([spark], address, 'filled'))[0]! : []
  })
  if (wants('executors')) {
    const [one] = await withSpark(1, 1, spark => rates([spark], address, 'filled'))
    row(`${LINES} lines, 2 partitions, thousand lines/s: 1 x 1 core`, spread(one!))
    row(
      `${LINES} lines, 2 partitions, thousand lines/s: 2 x 1 core`,
      `${spread(two)}; ${(median(two) / median(one!)).toFixed(2)} times one`
    )
  }
}

row('this machine, at the end', machine())
console.log(`\n| | |\n|---|---|\n${table.join('\n')}`)
