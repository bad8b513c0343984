/**
 * Writes deliveries of LINES lines each to the store in the folder named by the first argument, going on from its
 * position, until it is killed. Before that it checks that all parts of the store agree on the lines.
 */
import { addKey, cellOf, totalOf, type Rollup } from '../../core/rollup.ts'
import { addRows, toRows } from '../../core/rows.ts'
import { SECOND } from '../../core/time.ts'
import { openStoreSink, openStore, type Store } from '../index.ts'
import { TestDictionary, testDelivery, testEvents, testFormat } from './samples.ts'

const LINES = 500
const OUTSTANDING = 3

/** How many streams the lines of a delivery are of. */
const STREAMS = 12

/** How many lines there are by each part of the store, and the newest line. */
async function countsOf(
  store: Store
): Promise<{ lines: Record<string, number>; newest: string | undefined }> {
  const positions = (await store.positions({ source: 'web' })).map(({ position }) => position.offset)
  const least = Math.min(...positions)
  const most = Math.max(...positions)
  const counters = (await store.counters()).get('web')
  const [cell] = addRows(new Map(), await store.rollup({ bucket: 'all' })).values()
  const [newest] = await store.lines({ limit: 1 })
  const { events, rejected } = await store.info()
  const lines = {
    position: positions.length === STREAMS ? least * LINES : 0,
    furthest: positions.length === 0 ? 0 : most * LINES,
    events,
    rejected: rejected * LINES,
    read: counters?.read ?? 0,
    parsed: counters?.parsed ?? 0,
    rollup: cell ? totalOf(cell).count : 0
  }
  return { lines, newest: newest && Buffer.from(newest.line).toString() }
}

function delivery(number: number, words: { client: TestDictionary; path: TestDictionary }) {
  const rows = Array.from({ length: LINES }, (_, i) => ({
    client: `c${i % 7}`,
    path: i === LINES - 1 ? `/last/${number}` : `/p${i % 50}`,
    status: 200
  }))
  const rollup: Rollup = new Map()
  const cell = cellOf(rollup, number * 10 * SECOND, 'web', 'path')
  for (const row of rows) addKey(cell, row.path, 1, 0)
  const delivered = testDelivery({
    counters: { read: LINES, parsed: LINES, rejected: 0, late: 0, bytes: 0 },
    events: [testEvents(rows, words, number * LINES * SECOND)],
    rejected: [{ offset: number, bytes: new Uint8Array(9), reason: 'a test' }],
    rollup: toRows(rollup)
  })
  const positions = Array.from({ length: STREAMS }, (_, i) => ({
    source: 'web',
    stream: `stream-${i}`,
    name: `partition ${i}`,
    position: { offset: number + 1 },
    finished: false
  }))
  return { ...delivered, positions }
}

const store = await openStore(process.argv[2] ?? '', { formatFor: testFormat, commitInterval: 5 })
const { lines, newest } = await countsOf(store)
const position = lines['position'] ?? 0
const expected = position > 0 ? `c${(LINES - 1) % 7} /last/${position / LINES - 1} 200` : undefined
const agree = Object.values(lines).every(count => count === position) && newest === expected
process.stdout.write(`${JSON.stringify({ agree, lines, newest })}\n`)

const sink = openStoreSink(store.handle())
const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
const waiting = new Set<Promise<void>>()
for (let number = position / LINES; ; number++) {
  const written: Promise<void> = sink.write(delivery(number, words)).finally(() => waiting.delete(written))
  waiting.add(written)
  if (number === position / LINES) void written.then(() => process.stdout.write('committed\n'))
  if (waiting.size >= OUTSTANDING) await Promise.race(waiting)
}
