/**
 * Writes deliveries of LINES lines each to the store in the folder named by the first argument, going on from its
 * position, until it is killed. Before that it checks that everything in the store tells of the same lines.
 */
import { addKey, cellOf, totalOf, type Rollup } from '../../core/rollup.ts'
import { addRows, toRows } from '../../core/rows.ts'
import { openStore, storeSink, type Store } from '../index.ts'
import { TestDictionary, testDelivery, testEvents, testFormat } from './samples.ts'

const LINES = 500
const OUTSTANDING = 3

/** What the parts of the store say of how many lines there are, and the newest line. */
async function countsOf(
  store: Store
): Promise<{ lines: Record<string, number>; newest: string | undefined }> {
  const position = (await store.positions('web'))[0]?.position.offset ?? 0
  const counters = (await store.counters()).get('web')
  const [cell] = addRows(new Map(), await store.rollup({ bucket: 'all' })).values()
  const [newest] = await store.lines({ limit: 1 })
  const lines = {
    position: position * LINES,
    events: (await store.stats()).events,
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
  const cell = cellOf(rollup, number * 10e6, 'web', 'path')
  for (const row of rows) addKey(cell, row.path, 1, 0)
  return testDelivery({
    position: { offset: number + 1 },
    counters: { read: LINES, parsed: LINES, rejected: 0, late: 0, bytes: 0 },
    events: [testEvents(rows, words, number * LINES * 1e6)],
    rollup: toRows(rollup)
  })
}

const store = await openStore(process.argv[2] ?? '', { formatFor: testFormat, commitInterval: 5 })
const { lines, newest } = await countsOf(store)
const position = lines['position'] ?? 0
const expected = position > 0 ? `c${(LINES - 1) % 7} /last/${position / LINES - 1} 200` : undefined
const agree = Object.values(lines).every(count => count === position) && newest === expected
process.stdout.write(`${JSON.stringify({ agree, lines, newest })}\n`)

const sink = storeSink(store.port())
const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
const waiting = new Set<Promise<void>>()
for (let number = position / LINES; ; number++) {
  const written: Promise<void> = sink.write(delivery(number, words)).finally(() => waiting.delete(written))
  waiting.add(written)
  if (number === position / LINES) void written.then(() => process.stdout.write('committed\n'))
  if (waiting.size >= OUTSTANDING) await Promise.race(waiting)
}
