/**
 * Lines from a real Kafka broker on this machine: `node bench/kafka-source.ts [LINES] [COMPRESSION]`.
 * Combined lines of about 200 bytes in two partitions, one message each, read from the beginning: the source alone, with
 * scanning and counting, with the store; beside them the client library's own stream of messages, and kcat where it is
 * installed. From the first line until the last.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Consumer, MessagesStreamModes } from '@platformatic/kafka'
import type { DeliverySink } from '../src/core/delivery.ts'
import { ingest } from '../src/engines/embedded/ingest.ts'
import { DAY_MS, MINUTE, SECOND } from '../src/core/time.ts'
import { formatFor } from '../src/formats/index.ts'
import { sinkDependencies } from '../src/sinks/contract.ts'
import { kafkaSink } from '../src/sinks/kafka/index.ts'
import { kafkaOptions, type KafkaOptions } from '../src/sources/kafka/options.ts'
import { KafkaSource } from '../src/sources/kafka/source.ts'
import { openStore, openStoreSink } from '../src/store/index.ts'
import { startBroker } from '../test/kafka.ts'
import { linePieces, PIECE } from './kafka-lines.ts'

const [LINES, COMPRESSION] = [Number(process.argv[2] ?? 3_000_000), process.argv[3] ?? 'zstd']
const RUNS = 3
const WORLD = { name: 'bench', clock: Date.now, random: Math.random, fineClock: Date.now }

async function fill(address: string, topic: string): Promise<void> {
  const pieces = linePieces()
  const target = `kafka://${address}/${topic}?compression=${COMPRESSION}`
  const sink = await kafkaSink.open(kafkaSink.options.parse(kafkaSink.take(target)), sinkDependencies())
  for (let sent = 0, i = 0; sent < LINES; sent += PIECE, i++) {
    const piece = pieces[i % pieces.length]
    if (piece) await sink.write(piece)
  }
  await sink.close()
}

/** Counts lines, and the time from when the first have come. */
class Meter {
  #lines = 0
  #begin = 0
  #end = 0
  #most = 0
  readonly #done = Promise.withResolvers<void>()

  add(lines: number): void {
    if (this.#lines === 0) this.#begin = performance.now()
    this.#lines += lines
    this.#most = Math.max(this.#most, process.memoryUsage.rss())
    if (this.#lines < LINES) return
    this.#end = performance.now()
    this.#done.resolve()
  }

  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Thousand lines a second, and MiB of memory at the most. */
  get result(): Result {
    return { speed: this.#lines / (this.#end - this.#begin), memory: this.#most / 2 ** 20 }
  }
}

interface Result {
  readonly speed: number
  readonly memory?: number
}

const optionsFor = (address: string, topic: string): KafkaOptions =>
  kafkaOptions.parse({ brokers: [address], topics: [topic], group: crypto.randomUUID() })

async function sourceAlone(address: string, topic: string): Promise<Result> {
  const source = new KafkaSource(optionsFor(address, topic), [], WORLD)
  const stop = new AbortController()
  const meter = new Meter()
  const buffer = Buffer.alloc(1 << 20)
  void meter.done.then(() => stop.abort())
  for await (const streams of source.ready(stop.signal))
    for (const stream of streams)
      for (let bytes = stream.read(buffer); bytes > 0; bytes = stream.read(buffer)) {
        const before = Number(stream.position()['message'])
        stream.advance(bytes)
        meter.add(Number(stream.position()['message']) - before)
      }
  await source.close()
  return meter.result
}

async function engine(address: string, topic: string, sink: DeliverySink): Promise<Result> {
  const meter = new Meter()
  const stop = new AbortController()
  void meter.done.then(() => stop.abort())
  const options = { type: 'kafka', ...optionsFor(address, topic) }
  const plan = {
    name: 'bench',
    sources: [{ name: 'bench', options, known: [], zone: 'UTC', format: 'combined' }],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 1000,
    signals: []
  }
  const metered: DeliverySink = {
    async write(delivery) {
      const read = delivery.counters.reduce((sum, counters) => sum + counters.read, 0)
      await sink.write(delivery)
      meter.add(read)
    }
  }
  await ingest(plan, metered, () => {}, WORLD, stop.signal)
  return meter.result
}

async function withStore(address: string, topic: string): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
  const store = await openStore(join(folder, 'store'), { formatFor, retention: 36_500 * DAY_MS })
  const result = await engine(address, topic, openStoreSink(store.handle()))
  await store.close()
  rmSync(folder, { recursive: true })
  return result
}

async function library(address: string, topic: string): Promise<Result> {
  const groupId = crypto.randomUUID()
  const consumer = new Consumer({ clientId: 'bench', groupId, bootstrapBrokers: [address], maxWaitTime: 100 })
  const meter = new Meter()
  const stream = await consumer.consume({
    topics: [topic],
    mode: MessagesStreamModes.EARLIEST,
    autocommit: false,
    maxBytes: 4 << 20,
    highWaterMark: 16_384
  })
  let batch = 0
  stream.on('data', () => {
    if (++batch < PIECE) return
    meter.add(batch)
    batch = 0
  })
  await meter.done
  await consumer.close(true)
  return meter.result
}

function kcat(address: string, topic: string): Promise<Result> {
  const start = performance.now()
  spawnSync('kcat', ['-b', address, '-t', topic, '-C', '-o', 'beginning', '-e', '-q'], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  return Promise.resolve({ speed: LINES / (performance.now() - start) })
}

const CONTENDERS: Record<string, (address: string, topic: string) => Promise<Result>> = {
  'source alone': sourceAlone,
  'source, scanner, counts': (address, topic) => engine(address, topic, { write: async () => {} }),
  'with the store': withStore,
  "the library's stream": library,
  ...(spawnSync('kcat', ['-V']).error === undefined && { 'kcat, its start included': kcat })
}

/** Each measurement has a process of its own. */
function measure(name: string, address: string, topic: string): Result {
  const args = [import.meta.filename, String(LINES), COMPRESSION, name, address, topic]
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const result: Result = JSON.parse(stdout)
  return result
}

async function compare(): Promise<void> {
  await using broker = await startBroker()
  const topic = 'filled'
  await broker.createTopic(topic, 2)
  await fill(broker.address, topic)
  console.log(
    `${LINES} lines, ${COMPRESSION}, ${RUNS} runs in turn: thousand lines/s, least to most; MiB at the most`
  )
  const results = new Map(Object.keys(CONTENDERS).map((name): [string, Result[]] => [name, []]))
  for (let run = 0; run < RUNS; run++)
    for (const [name, all] of results) all.push(measure(name, broker.address, topic))
  for (const [name, all] of results) {
    const [least, median, most] = all.map(({ speed }) => Math.round(speed)).toSorted((a, b) => a - b)
    const memory = Math.max(...all.map(({ memory = 0 }) => memory))
    console.log(
      `${name.padEnd(26)} ${median} (${least} to ${most})${memory > 0 ? `, ${Math.round(memory)} MiB` : ''}`
    )
  }
}

const [, , , , name, address, topic] = process.argv
if (name !== undefined && address !== undefined && topic !== undefined) {
  console.log(JSON.stringify(await CONTENDERS[name]?.(address, topic)))
  process.exit()
}
await compare()
