/**
 * Lines to a real Kafka broker on this machine, from one thread: `node bench/kafka-sink.ts [LINES]`.
 * Combined lines of about 200 bytes in pieces of a megabyte, two partitions; from the first line until the last is
 * acknowledged.
 */
import { SECOND_MS } from '../src/core/time.ts'
import { kafkaSink } from '../src/sinks/kafka/index.ts'
import { sinkDependencies } from '../src/sinks/contract.ts'
import { startBroker } from '../test/kafka.ts'
import { linePieces, PIECE } from './kafka-lines.ts'

const LINES = Number(process.argv[2] ?? 1_000_000)
const RUNS = 3

const pieces = linePieces()

/** Lines a second. */
async function measure(address: string, topic: string, query: string): Promise<number> {
  const options = kafkaSink.options.parse(kafkaSink.take(`kafka://${address}/${topic}?${query}`))
  const sink = await kafkaSink.open(options, sinkDependencies())
  const start = performance.now()
  for (let sent = 0, i = 0; sent < LINES; sent += PIECE, i++) {
    const piece = pieces[i % pieces.length]
    if (piece) await sink.write(piece)
  }
  await sink.close()
  return sink.written / ((performance.now() - start) / SECOND_MS)
}

await using broker = await startBroker({ partitions: 2 })
const size = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) / pieces.length / PIECE
console.log(`${LINES} lines of ${Math.round(size)} bytes, ${RUNS} runs in turn, thousand lines/s`)
const queries = [
  'key=client',
  'key=none',
  ...['none', 'gzip', 'snappy', 'lz4'].map(name => `compression=${name}`),
  'acks=1',
  'acks=0'
]
const results = new Map<string, number[]>(queries.map(query => [query, []]))
for (let run = 0; run < RUNS; run++)
  for (const [query, speeds] of results) {
    const topic = `${query.replace('=', '-')}-${run}`
    await broker.createTopic(topic)
    speeds.push((await measure(broker.address, topic, query)) / 1000)
  }
for (const [query, speeds] of results) {
  speeds.sort((a, b) => a - b)
  const [least, median, most] = speeds.map(Math.round)
  console.log(`${query.padEnd(20)} ${median} (${least} to ${most})`)
}
