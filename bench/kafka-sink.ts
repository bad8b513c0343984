/**
 * Lines to a real Kafka broker on this machine, from one thread: `node bench/kafka-sink.ts [LINES]`.
 * Combined lines of about 200 bytes in pieces of a megabyte, two partitions; from the first line until the last is
 * acknowledged.
 */
import { kafkaSink } from '../src/sinks/kafka/index.ts'
import { linesOf, worldOf } from '../src/sinks/contract.ts'
import { startBroker } from '../test/kafka.ts'

const LINES = Number(process.argv[2] ?? 1_000_000)
const RUNS = 3
const PIECE = 5000
const CLIENTS = 20_000

const clientOf = (i: number): string => `10.${i % 7}.${Math.floor(i / 250) % 80}.${i % 250}`
const line = (i: number, client: string): string =>
  `${client} - - [17/May/2025:10:${String(Math.floor(i / 1000) % 60).padStart(2, '0')}:03 +0000] "GET /item/${i % 2000}?page=${i % 7} HTTP/1.1" ` +
  `${i % 20 === 0 ? 404 : 200} ${1000 + (i % 9000)} "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/1${i % 30}.0 Safari/537.36"`

const pieces = Array.from({ length: 20 }, (_, piece) => {
  const numbers = Array.from({ length: PIECE }, (_, i) => Math.imul(piece * PIECE + i, 2_654_435_761) >>> 7)
  const clients = numbers.map(n => clientOf(n % CLIENTS))
  return linesOf(
    numbers.map((n, i) => line(n, clients[i] ?? '')),
    clients
  )
})

/** Lines a second. */
async function measure(address: string, topic: string, query: string): Promise<number> {
  const options = kafkaSink.options.parse(kafkaSink.take(`kafka://${address}/${topic}?${query}`))
  const sink = await kafkaSink.open(options, worldOf())
  const start = performance.now()
  for (let sent = 0, i = 0; sent < LINES; sent += PIECE, i++) {
    const piece = pieces[i % pieces.length]
    if (piece) await sink.write(piece)
  }
  await sink.close()
  return sink.written / ((performance.now() - start) / 1000)
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
