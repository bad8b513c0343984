/**
 * Lines of Kafka through Spark and through the embedded engine: node bench/spark.ts [LINES] [PART…]
 * A real broker, Spark as one process with two cores, and as a cluster of one-core workers, all on this machine; all metrics and the
 * signals of the ready-made rules are on. Parts: rate, small, partitions, keys, executors; all of them when none is named.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { alertsOptions, rulesOf } from '../src/alerts/options.ts'
import { signalsOf } from '../src/alerts/rules/index.ts'
import type { Delivery, DeliverySink } from '../src/core/delivery.ts'
import type { EngineStatus } from '../src/core/progress.ts'
import { DAY_MS, MINUTE, SECOND } from '../src/core/time.ts'
import { embeddedKind } from '../src/engines/embedded/index.ts'
import type { EngineKind } from '../src/engines/kind.ts'
import { sparkKind } from '../src/engines/spark/index.ts'
import { formatFor } from '../src/formats/index.ts'
import { startSpark } from '../src/local/spark/start.ts'
import { linesOf, sinkDependencies } from '../src/sinks/contract.ts'
import { kafkaSink } from '../src/sinks/kafka/index.ts'
import { kafkaOptions } from '../src/sources/kafka/options.ts'
import { openStore, openStoreSink } from '../src/store/index.ts'
import { defaultCache } from '../src/system/folders.ts'
import { startBroker, type Broker } from '../test/kafka.ts'
import { linePieces, PIECE } from './kafka-lines.ts'

const LINES = Number(process.argv[2] ?? 1_000_000)
const PARTS = process.argv.slice(3)
const RUNS = 3
const SMALL = { lines: 5000, batches: 40 }
const KEYS = [10, 1000, 100_000, 1_000_000]

const wants = (part: string): boolean => PARTS.length === 0 || PARTS.includes(part)
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const percentile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!

/** One way to count: an engine with its options. */
interface Contender {
  readonly name: string
  readonly kind: EngineKind
  readonly options: object
}

const embedded: Contender = { name: 'embedded', kind: embeddedKind, options: {} }
const onSpark = (name: string, connect: string): Contender => ({
  name,
  kind: sparkKind,
  options: { connect, lines: false, batch: { interval: '50ms', maxBytes: '512MiB' } }
})

/** Reads a topic from its beginning, and tells how many lines are stored by now. */
class Reading {
  lines = 0
  cells = 0
  /** When the first batch began, or the first lines came: groups are joined before. */
  began: number | undefined
  #engine: { stop(): Promise<void> } | undefined
  #store: { close(): Promise<void> } | undefined
  #wake = (): void => {}
  readonly #folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))

  static async start({ kind, options }: Contender, address: string, topic: string): Promise<Reading> {
    const reading = new Reading()
    const store = await openStore(join(reading.#folder, 'store'), { formatFor, retention: 36_500 * DAY_MS })
    reading.#store = store
    const inner = openStoreSink(store.handle())
    const sink: DeliverySink = { write: delivery => reading.#write(inner, delivery) }
    const source = kafkaOptions.parse({ brokers: [address], topics: [topic], group: crypto.randomUUID() })
    const plan = {
      name: crypto.randomUUID(),
      sources: [
        { name: 'web', options: { type: 'kafka', ...source }, known: [], zone: 'UTC', format: 'combined' }
      ],
      window: 10 * SECOND,
      lateness: MINUTE,
      aging: true,
      country: true,
      limit: 1000,
      signals: rulesOf(alertsOptions.parse({})).flatMap(signalsOf)
    }
    const failed = (error: Error): void => console.log(`  failed: ${error.message}`)
    const problem = ({ message }: { message: string }): void => console.log(`  problem: ${message}`)
    const engine = ({ state }: EngineStatus): void => {
      if (state === 'working') reading.began ??= performance.now()
    }
    const events = { progress: () => {}, state: () => {}, problem, failed, engine }
    const dependencies = { clock: Date.now, identity: 'bench' }
    reading.#engine = await kind.start(kind.options.parse(options), plan, sink, events, dependencies)
    return reading
  }

  async until(lines: number): Promise<void> {
    while (this.lines < lines)
      await new Promise<void>(wake => {
        this.#wake = wake
      })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.stop()
    await this.#store?.close()
    rmSync(this.#folder, { recursive: true })
  }

  async #write(inner: DeliverySink, delivery: Delivery): Promise<void> {
    this.began ??= performance.now()
    // What the engine on Spark does not bring is not stored by the other either.
    await inner.write({ ...delivery, events: [] })
    this.lines += delivery.counters.reduce((sum, { read }) => sum + read, 0)
    this.cells += delivery.rollup.reduce((sum, { keys }) => sum + keys.length, 0)
    this.#wake()
  }
}

async function fill(address: string, topic: string, lines: number, keys?: number): Promise<void> {
  const target = kafkaSink.take(`kafka://${address}/${topic}?compression=zstd`)
  const sink = await kafkaSink.open(kafkaSink.options.parse(target), sinkDependencies())
  const pieces = keys === undefined ? linePieces() : undefined
  for (let sent = 0, i = 0; sent < lines; sent += PIECE, i++)
    await sink.write(
      pieces ? pieces[i % pieces.length]! : withKeys(sent, Math.min(PIECE, lines - sent), keys!)
    )
  await sink.close()
}

/** Lines with so many different paths. */
function withKeys(from: number, count: number, keys: number) {
  const texts = Array.from({ length: count }, (_, i) => {
    const n = from + i
    return `10.0.${n % 7}.${n % 250} - - [17/May/2025:10:00:03 +0000] "GET /item/${n % keys} HTTP/1.1" 200 ${1000 + (n % 9000)} "-" "Mozilla/5.0 (X11; Linux x86_64) Chrome/1${n % 30}.0"`
  })
  return linesOf(
    texts,
    texts.map((_, i) => String((from + i) % 64))
  )
}

/** Seconds from the begin of reading until all lines are stored; `cells` that came. */
async function whole(contender: Contender, address: string, topic: string, lines: number) {
  await using reading = await Reading.start(contender, address, topic)
  await reading.until(lines)
  return { seconds: (performance.now() - reading.began!) / 1000, cells: reading.cells }
}

/** Contenders in turn, several times; the first round warms up. */
async function rates(
  contenders: readonly Contender[],
  address: string,
  topic: string,
  lines: number
): Promise<void> {
  const results = contenders.map((): number[] => [])
  for (let run = 0; run <= RUNS; run++)
    for (const [i, contender] of contenders.entries()) {
      const { seconds } = await whole(contender, address, topic, lines)
      if (run > 0) results[i]!.push(lines / seconds / 1000)
    }
  for (const [i, { name }] of contenders.entries()) {
    const all = results[i]!.map(Math.round)
    console.log(
      `  ${name.padEnd(24)} ${median(all)} (${Math.min(...all)} to ${Math.max(...all)}) thousand lines/s`
    )
  }
}

/** From before a batch is written to Kafka until its counts are stored, warm, one batch at a time. */
async function small(contender: Contender, address: string, topic: string): Promise<void> {
  await using reading = await Reading.start(contender, address, topic)
  const times: number[] = []
  for (let i = 0; i < SMALL.batches + 10; i++) {
    const before = reading.lines
    await fill(address, topic, SMALL.lines)
    const begin = performance.now()
    await reading.until(before + SMALL.lines)
    if (i >= 10) times.push(performance.now() - begin)
    await setTimeout(50)
  }
  const [p50, p99] = [0.5, 0.99].map(q => Math.round(percentile(times, q)))
  console.log(
    `  ${contender.name.padEnd(24)} p50 ${p50} ms, p99 ${p99} ms, from the last line's acknowledgement to the stored counts`
  )
}

async function topicOf(
  broker: Broker,
  name: string,
  partitions: number,
  lines: number,
  keys?: number
): Promise<string> {
  await broker.createTopic(name, partitions)
  await fill(broker.address, name, lines, keys)
  return name
}

async function withSpark(
  workers: number,
  cores: number,
  act: (contender: Contender) => Promise<void>
): Promise<void> {
  const { signal } = new AbortController()
  const fetching = { env: process.env, cache: defaultCache(process.env), signal, progress: () => {} }
  await using spark = await startSpark({ workers, cores, memory: 1536, tied: true }, fetching)
  const name = workers === 0 ? `local[${cores}]` : `${workers} x ${cores} core`
  await act(onSpark(`Spark, ${name}`, spark.address))
}

async function onePlace(broker: Broker, topics: Topics, spark: Contender): Promise<void> {
  const { address } = broker
  const name = spark.name.replace(/\W+/g, '-')
  if (wants('rate')) {
    console.log(`${LINES} lines, 2 partitions, zstd, median (least to most) of ${RUNS}:`)
    await rates([spark, embedded], address, topics.filled, LINES)
  }
  if (wants('small')) {
    console.log(`batches of ${SMALL.lines} lines:`)
    await broker.createTopic(`small-${name}`, 2)
    await small(spark, address, `small-${name}`)
  }
  if (wants('partitions')) {
    console.log(`${LINES} lines, 64 partitions:`)
    await rates([spark, embedded], address, topics.wide, LINES)
  }
  if (wants('keys'))
    for (const [keys, topic] of topics.keys)
      for (const contender of [spark, embedded]) {
        const { seconds, cells } = await whole(contender, address, topic, LINES)
        console.log(`  ${keys} paths: ${contender.name}, ${seconds.toFixed(1)} s, ${cells} cells`)
      }
}

interface Topics {
  readonly filled: string
  readonly wide: string
  readonly keys: readonly (readonly [number, string])[]
}

async function makeTopics(broker: Broker): Promise<Topics> {
  const filled = await topicOf(broker, 'filled', 2, LINES)
  const wide = wants('partitions') ? await topicOf(broker, 'wide', 64, LINES) : ''
  const keys: [number, string][] = []
  if (wants('keys'))
    for (const count of KEYS) keys.push([count, await topicOf(broker, `keys-${count}`, 8, LINES, count)])
  return { filled, wide, keys }
}

await using broker = await startBroker()
const topics = await makeTopics(broker)
await withSpark(0, 2, spark => onePlace(broker, topics, spark))
await withSpark(2, 1, async spark => {
  await onePlace(broker, topics, spark)
  if (wants('executors')) await rates([spark], broker.address, topics.filled, LINES)
})
if (wants('executors')) await withSpark(1, 1, spark => rates([spark], broker.address, topics.filled, LINES))
