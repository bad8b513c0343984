/**
 * Writing to and searching the store: `node bench/store.ts [ROWS] [DISTINCT]`.
 * DISTINCT is the share (0 to 1) of rows with a new client, path and agent. Rows have 4 numbers and 8 texts.
 */
import { MINUTE, SECOND_MS, toSeconds } from '../src/core/time.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodeColumn, EventRows } from '../src/core/delivery.ts'
import { addKey, cellOf, type Rollup } from '../src/core/rollup.ts'
import { toRows } from '../src/core/rows.ts'
import { NO_COUNTERS } from '../src/core/source.ts'
import { parseQuery } from '../src/query/index.ts'
import { openStore, openStoreSink } from '../src/store/index.ts'

const ROWS = Number(process.argv[2] ?? 5_000_000)
const DISTINCT = Number(process.argv[3] ?? 0)
const STEP = 20_000
const OUTSTANDING = 4
const TEXTS = {
  client: 1700,
  user: 5,
  method: 4,
  path: 3000,
  query: 500,
  protocol: 2,
  referrer: 900,
  agent: 900
}
const GROWING = new Set(['client', 'path', 'agent'])

const encoder = new TextEncoder()
const known = new Map<string, number>()

/** Codes and new values of one step, as the scanner's dictionary would have them. */
function column(field: string, size: number, step: number): CodeColumn {
  const sent = known.get(field) ?? 0
  const fresh = GROWING.has(field) ? Math.round(STEP * DISTINCT) : 0
  const grown = (sent === 0 ? size : sent) + fresh
  known.set(field, grown)
  const texts = Array.from({ length: grown - sent }, (_, i) =>
    encoder.encode(`/${field}/value/number/${sent + i}`)
  )
  let end = 0
  const ends = Uint32Array.from(texts, text => (end += text.length))
  const bytes = new Uint8Array(end)
  texts.forEach((text, i) => bytes.set(text, (ends[i] ?? 0) - text.length))
  const codes = Uint32Array.from({ length: STEP }, (_, i) => {
    const n = Math.imul(step * STEP + i, 2_654_435_761) >>> 7
    return i < fresh ? sent + 1 + i : 1 + (n % size)
  })
  return { codes, dictionary: `bench ${field} 1`, from: sent + 1, bytes, ends }
}

function eventsOf(step: number): EventRows {
  const at = (i: number): number => 1.7e15 + (step * STEP + i) * 2000
  const numbers = ['status', 'bytes', 'duration', 'port'].map((name, k): [string, Float64Array] => [
    name,
    Float64Array.from({ length: STEP }, (_, i) => ((i * 7919) % 10 ** (k + 1)) + 200)
  ])
  return {
    source: 'web',
    kind: 'access',
    escapes: 'apache' as const,
    format: 'bench',
    rows: STEP,
    time: Float64Array.from({ length: STEP }, (_, i) => at(i)),
    zone: new Int16Array(STEP),
    flags: new Uint8Array(STEP),
    numbers: new Map(numbers),
    texts: new Map(Object.entries(TEXTS).map(([field, size]) => [field, column(field, size, step)])),
    kept: new Map()
  }
}

function rollupOf(step: number): Rollup {
  const rollup: Rollup = new Map()
  const window = Math.floor((1.7e15 + step * STEP * 2000) / 1e7) * 1e7
  for (let metric = 0; metric < 12; metric++) {
    const cell = cellOf(rollup, window, 'web', `metric${metric}`)
    for (let key = 0; key < 100; key++) addKey(cell, `key ${(step * 7 + key) % 1000}`, 1, 1)
  }
  return rollup
}

const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const store = await openStore(folder, {
  formatFor: () => {
    throw new Error('nothing is printed here')
  }
})
const sink = openStoreSink(store.handle())
const waiting = new Set<Promise<void>>()
let making = 0
const began = performance.now()
const all = process.cpuUsage()
const maker = process.threadCpuUsage()
for (let step = 0; step < ROWS / STEP; step++) {
  const start = performance.now()
  const delivery = {
    positions: [{ source: 'web', stream: 's', name: 's', position: { offset: step }, finished: false }],
    counters: [{ ...NO_COUNTERS, source: 'web', read: STEP, parsed: STEP }],
    events: [eventsOf(step)],
    rejected: [],
    rollup: toRows(rollupOf(step)),
    signals: []
  }
  making += performance.now() - start
  const written: Promise<void> = sink.write(delivery).finally(() => waiting.delete(written))
  waiting.add(written)
  if (waiting.size >= OUTSTANDING) await Promise.race(waiting)
  if (step % 50 === 0) console.log(`${step * STEP} rows, ${Math.round(process.memoryUsage.rss() / 1e6)} MB`)
}
await Promise.all(waiting)
const seconds = (performance.now() - began) / SECOND_MS
const spent = ({ user, system }: { user: number; system: number }): number => toSeconds(user + system)
// This thread makes the rows; all else is the store.
const cores = (spent(process.cpuUsage(all)) - spent(process.threadCpuUsage(maker))) / (ROWS / 200_000)
console.log(
  `${Math.round(ROWS / seconds)} rows/s, of which making them took ${(making / 10 / seconds).toFixed(0)} % of the time`
)
console.log(`the store takes ${(100 * cores).toFixed(0)} % of a core at 200,000 rows/s`)
const { bytes } = await store.info()
console.log(
  `${(bytes / ROWS).toFixed(1)} bytes a row, ${Math.round(process.memoryUsage.rss() / 1e6)} MB of memory`
)
const timed = async (name: string, run: () => Promise<unknown>): Promise<void> => {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  console.log(`${name}: ${times.map(ms => ms.toFixed(0)).join(' ')} ms`)
}
await timed('path matching a pattern by hour', () =>
  store.count({ where: parseQuery('path:*9*7*'), by: 'hour' })
)
await timed('newest 100 of a client', () => store.lines({ where: parseQuery('path:x') }))
await timed('rollup of all', () => store.rollup({ bucket: 'all', limit: 100 }))
await timed('timeline', () => store.rollup({ bucket: MINUTE, metrics: ['metric1'], limit: 10 }))
await timed('extent', () => store.extent())
await store.close()
rmSync(folder, { recursive: true, force: true })
