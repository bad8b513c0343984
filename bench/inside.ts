/**
 * What the engine does with lines, in process on one thread: `node bench/inside.ts [LOG]`.
 * A format with 20 directives, JSON lines, and what a filter costs beside scanning and counting.
 */
import { SECOND_MS } from '../src/core/time.ts'
import { readFileSync } from 'node:fs'
import { allTime } from '../src/core/window.ts'
import type { Format } from '../src/core/format.ts'
import { DenseCodeCounts, SparseCodeCounts } from '../src/counting/code-counts.ts'
import { Aggregator } from '../src/counting/aggregator.ts'
import { metricsFor } from '../src/counting/slots.ts'
import { formatFor } from '../src/formats/index.ts'
import { BatchFilter, queryFields, parseQuery } from '../src/query/index.ts'
import { Scanner } from '../src/scanner/index.ts'

const LINES = 1_000_000
const RUNS = 7

/** Twenty directives: vhost_combined and what operators add to it. */
const TWENTY = formatFor(
  '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D %I %k %X %P "%{X-Forwarded-For}i" %L %R %{ms}T %{sid}C %A'
)
const line = (i: number): string =>
  `shop.example:443 10.0.${i % 50}.${i % 250} - - [17/May/2025:10:${String(Math.floor(i / 1000) % 60).padStart(2, '0')}:03 +0000] ` +
  `"GET /item/${i % 2000}?page=${i % 7} HTTP/1.1" ${i % 20 === 0 ? 404 : 200} ${1000 + (i % 9000)} "https://shop.example/" ` +
  `"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/1${i % 30}.0 Safari/537.36" ${i % 100_000} 512 ${i % 3} + 4711 "-" - proxy-server ${i % 100} s${i % 500} 192.0.2.1\n`

/** Scans and counts bytes again and again until so many lines were read; gives lines a second. */
function measure(format: Format, bytes: Uint8Array, filter?: string): number {
  const metrics = metricsFor(format, true)
  const query = filter === undefined ? undefined : parseQuery(filter)
  const looked = query && queryFields(query)
  const wanted = (field: string): boolean =>
    (looked?.has(field) ?? false) || metrics.some(({ key, pair }) => key === field || pair?.field === field)
  const scanner = new Scanner([format.program], { wanted })
  const aggregator = new Aggregator('', metrics, ({ pair }) =>
    pair?.hashed ? new SparseCodeCounts() : new DenseCodeCounts()
  )
  const passing = query && new BatchFilter(query, { source: '', kind: format.kind })
  const start = performance.now()
  let lines = 0
  let at = 0
  while (lines < LINES) {
    const input = scanner.input()
    const piece = bytes.subarray(at, at + input.length)
    input.set(piece)
    scanner.filled(piece.length)
    at = at + piece.length === bytes.length ? 0 : at + piece.length
    const [batch] = scanner.scan().batches
    if (!batch) break
    lines += batch.rows
    aggregator.add(passing?.select(batch) ?? batch, allTime)
  }
  aggregator.flush(new Map(), 1000)
  return lines / ((performance.now() - start) / SECOND_MS)
}

const path = process.argv[2]
const twenty = Buffer.from(Array.from({ length: 20_000 }, (_, i) => line(i)).join(''))
const json = formatFor(
  'json time=time client=client method=method path=path status=status bytes=bytes duration=duration agent=agent referrer=referrer'
)
const jsonLines = Buffer.from(
  Array.from(
    { length: 20_000 },
    (_, i) =>
      `${JSON.stringify({ time: '2025-05-17T10:05:03.123Z', client: `10.0.0.${i % 250}`, method: 'GET', path: `/item/${i % 2000}`, status: 200, bytes: i, duration: 0.012, agent: 'Mozilla/5.0 (X11; Linux x86_64)', referrer: '', level: 'info' })}\n`
  ).join('')
)
const combined = path === undefined ? undefined : { format: formatFor('combined'), bytes: readFileSync(path) }
const contenders: [name: string, run: () => number][] = [
  ['20 directives', () => measure(TWENTY, twenty)],
  ['JSON, 9 members', () => measure(json, jsonLines)],
  ...(combined
    ? ([
        ['combined', () => measure(combined.format, combined.bytes)],
        ...['status:>=200', 'status:>=400', 'path:/* AND NOT agent:*nobody*'].map(
          (where): [string, () => number] => [
            `  where ${where}`,
            () => measure(combined.format, combined.bytes, where)
          ]
        )
      ] satisfies [string, () => number][])
    : [])
]
const results = new Map(contenders.map(([name]) => [name, [] as number[]]))
for (let run = 0; run < RUNS; run++)
  for (const [name, measured] of contenders) results.get(name)?.push(measured())
for (const [name, all] of results) {
  const sorted = all.toSorted((a, b) => a - b)
  const [least, median, most] = [0, Math.floor(RUNS / 2), RUNS - 1].map(i =>
    ((sorted[i] ?? 0) / 1e6).toFixed(2)
  )
  console.log(`${name}: ${median} M lines/s (${least} to ${most})`)
}
