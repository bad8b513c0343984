/** Topics that are filled and read, for bench/spark.ts. */
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
import { linesOf } from '../src/sinks/contract.ts'
import { openTarget } from '../src/sinks/kafka/testing/open.ts'
import { kafkaOptions } from '../src/sources/kafka/options.ts'
import { SparkSession } from '../src/spark/session.ts'
import { openStore, openStoreSink } from '../src/store/index.ts'
import { clf } from '../test/clf.ts'
import { linePieces, linesOfNow, PIECE } from './kafka-lines.ts'

/** One way to count: an engine with its options. */
export interface Contender {
  readonly name: string
  readonly kind: EngineKind
  readonly options: object
}

export const embedded: Contender = { name: 'embedded', kind: embeddedKind, options: {} }
export const onSpark = (name: string, connect: string): Contender => ({
  name,
  kind: sparkKind,
  options: { connect, lines: false, batch: { interval: '50ms', maxBytes: '512MiB' } }
})

/** What came back of Spark's plans. */
export const answers = { plans: 0, bytes: 0 }
// oxlint-disable-next-line typescript/unbound-method -- it is called with the session
const { run } = SparkSession.prototype
SparkSession.prototype.run = async function counted(...args) {
  const answer = await run.apply(this, args)
  answers.plans++
  answers.bytes += answer.bytes
  return answer
}

/** Reads a topic from its beginning, and tells how many lines are stored by now. */
export class Reading {
  lines = 0
  keys = 0
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
    this.keys += delivery.rollup.reduce((sum, { keys }) => sum + keys.length, 0)
    this.#wake()
  }
}

/** Writes lines to a topic; `keys`: with so many different paths. */
export async function fill(address: string, topic: string, lines: number, keys?: number): Promise<void> {
  const sink = await openTarget(`kafka://${address}/${topic}?compression=zstd`)
  const pieces = keys === undefined ? linePieces() : undefined
  for (let sent = 0, i = 0; sent < lines; sent += PIECE, i++)
    await sink.write(
      pieces ? pieces[i % pieces.length]! : withKeys(sent, Math.min(PIECE, lines - sent), keys!)
    )
  await sink.close()
}

/** Writes lines as a server would that has these in a moment; resolves when the broker has acknowledged them. */
export async function burst(address: string, topic: string, number: number): Promise<number> {
  const sink = await openTarget(`kafka://${address}/${topic}?compression=zstd`)
  await sink.write(linesOfNow(clf(new Date()), number % 20))
  while (sink.written < PIECE) await setTimeout(1)
  const acknowledged = performance.now()
  await sink.close()
  return acknowledged
}

/** Lines with so many different clients, and as many paths. */
function withKeys(from: number, count: number, keys: number) {
  const numbers = Array.from({ length: count }, (_, i) => Math.imul(from + i, 2_654_435_761) >>> 7)
  const texts = numbers.map((n, i) => {
    const key = n % keys
    const client = `10.${(key >> 16) & 255}.${(key >> 8) & 255}.${key & 255}`
    const second = String(Math.floor((from + i) / 50_000) % 60).padStart(2, '0')
    return `${client} - - [17/May/2025:10:00:${second} +0000] "GET /item/${key} HTTP/1.1" 200 ${1000 + (n % 9000)} "-" "Mozilla/5.0 (X11; Linux x86_64) Chrome/1${n % 30}.0"`
  })
  return linesOf(
    texts,
    texts.map((_, i) => String((from + i) % 64))
  )
}

/** What reading a whole topic came to. */
export interface Whole {
  /** From the begin of reading until all lines are stored. */
  readonly seconds: number
  /** Keys that were delivered, in all batches together. */
  readonly keys: number
  /** Processor time of this process, which has client, embedded engine and store. */
  readonly own: number
  readonly plans: number
  /** That came back of Spark. */
  readonly bytes: number
}

export async function whole(
  contender: Contender,
  address: string,
  topic: string,
  lines: number
): Promise<Whole> {
  await using reading = await Reading.start(contender, address, topic)
  const [cpu, { plans, bytes }] = [process.cpuUsage(), { ...answers }]
  await reading.until(lines)
  const seconds = (performance.now() - reading.began!) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    seconds,
    keys: reading.keys,
    own: (user + system) / 1e6,
    plans: answers.plans - plans,
    bytes: answers.bytes - bytes
  }
}
