import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addKey, cellOf, totalOf, type Rollup } from '../core/rollup.ts'
import { addRows, toRows } from '../core/rows.ts'
import { keyOf, signalMetric, type Signal } from '../core/signal.ts'
import { DAY, HOUR, MINUTE, SECOND, type Micros } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { EVERYTHING, parseQuery, type Query } from '../query/index.ts'
import { Maintenance } from './maintenance.ts'
import { readCells } from './rollups.ts'
import { signalsQuestion } from './questions/signals.ts'
import { temporaryFolder, TestDictionary, testDelivery, testEvents } from './testing/samples.ts'
import { Writer } from './writer.ts'
import { select } from './sql.ts'

const NOW = 20_000 * DAY + 7 * MINUTE
const STEP = 10 * SECOND
const LATENESS = 10 * MINUTE
const SIGNAL: Signal<Query> = {
  name: 'slow',
  where: EVERYTHING,
  by: ['client'],
  step: STEP,
  fine: HOUR,
  back: 10 * DAY,
  limit: 1000,
  lines: 0
}

const open = (folder: string): Promise<Writer> =>
  Writer.open(
    join(folder, 'db'),
    { memory: '512MB', commitInterval: 0, commitRows: 1, now: Date.now },
    () => undefined
  )

/** Cells of a signal as an engine that keeps no lines delivers them. */
function delivered(signal: Signal<Query>, at: Micros, counts: Readonly<Record<string, number>>): Rollup {
  const rollup: Rollup = new Map()
  const cell = cellOf(rollup, windowOf(at, signal.step), 'web', signalMetric(signal))
  for (const [client, count] of Object.entries(counts)) addKey(cell, keyOf([client]), count, 0)
  return rollup
}

/** How often each client was counted in a span. */
async function counted(
  writer: Writer,
  signal: Signal<Query>,
  from: Micros,
  to: Micros,
  step?: Micros
): Promise<Rollup> {
  const { reader, connect } = writer.database
  const asked = { connection: reader, connect, derive: () => Promise.resolve(), now: 0 }
  return addRows(
    new Map(),
    await signalsQuestion.read(asked, { signal, from, to, ...(step !== undefined && { step }) })
  )
}

describe('signals of lines that are not kept', () => {
  it('are added to those of lines that are, and are no metrics', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const words = { client: new TestDictionary('c 1'), path: new TestDictionary('p 1') }
    const rows = ['a', 'b', 'a'].map(client => ({ client, path: '/', status: 200 }))
    await writer.write(testDelivery({ events: [testEvents(rows, words, NOW - 10 * SECOND)] }))
    await writer.write(
      testDelivery({ signals: toRows(delivered(SIGNAL, NOW - 10 * SECOND, { a: 5, c: 1 })) })
    )
    const expected: Rollup = new Map()
    const cell = cellOf(expected, windowOf(NOW - 10 * SECOND, STEP), 'web', 'slow')
    for (const [client, count] of [
      ['a', 7],
      ['b', 1],
      ['c', 1]
    ] as const)
      addKey(cell, keyOf([client]), count, 0)
    expect(await counted(writer, SIGNAL, NOW - HOUR, NOW)).toEqual(expected)
    expect((await readCells(writer.database.reader, {})).size).toBe(0)
    await writer.close()
  })

  it.each([
    ['filter', { where: parseQuery('status:500') }],
    ['key', { by: ['path'] }],
    ['cells', { step: MINUTE }],
    ['value', { value: { field: 'path', as: 'text' } }],
    ['measure', { measure: 'bytes_out' }]
  ] satisfies [string, Partial<Signal<Query>>][])(
    'are not those of a rule with another %s',
    async (_part, other) => {
      using folder = temporaryFolder()
      const writer = await open(folder.path)
      await writer.write(testDelivery({ signals: toRows(delivered(SIGNAL, NOW - MINUTE, { a: 5 })) }))
      expect((await counted(writer, { ...SIGNAL, ...other }, NOW - HOUR, NOW)).size).toBe(0)
      expect((await counted(writer, { ...SIGNAL, limit: 9, lines: 3 }, NOW - HOUR, NOW)).size).toBe(1)
      await writer.close()
    }
  )

  it('stay as fine and as long as their rule looks back, with every sum', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const maintenance = new Maintenance(writer, 30 * DAY)
    const times = Array.from({ length: 150 }, (_, i) => NOW - i * i * 45 * SECOND)
    for (const [i, at] of times.entries()) {
      await writer.write(testDelivery({ signals: toRows(delivered(SIGNAL, at, { a: 1, [`c${i % 3}`]: 2 })) }))
      if (i % 50 === 0) await maintenance.run(NOW)
    }
    const [recent, week, first] = [
      windowOf(NOW - LATENESS - SIGNAL.fine, MINUTE),
      windowOf(NOW - 8 * DAY, HOUR),
      windowOf(NOW - SIGNAL.back, HOUR)
    ]
    const looked = async (): Promise<Rollup[]> => [
      await counted(writer, SIGNAL, recent, NOW + HOUR),
      await counted(writer, SIGNAL, week, recent, MINUTE),
      await counted(writer, SIGNAL, first, week, HOUR)
    ]
    const before = await looked()
    maintenance.signals = { signals: [SIGNAL], lateness: LATENESS }
    for (let i = 0; i < 4; i++) await maintenance.run(NOW + i * DAY * 0.001)
    expect(await looked()).toEqual(before)
    const { reader } = writer.database
    const narrow = await select(
      reader,
      `select count(*) filter (start < ${recent} and start % ${MINUTE} <> 0)::int,
         count(*) filter (start < ${week} and start % ${HOUR} <> 0)::int from rollups`
    )
    expect(narrow).toEqual([[0, 0]])
    await writer.close()
  })

  it('are forgotten where no rule looks back to them, or none has them any more', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const gone = { ...SIGNAL, name: 'gone' }
    await writer.write(testDelivery({ signals: toRows(delivered(SIGNAL, NOW - 11 * DAY, { old: 1 })) }))
    await writer.write(testDelivery({ signals: toRows(delivered(SIGNAL, NOW - 9 * DAY, { kept: 1 })) }))
    await writer.write(testDelivery({ signals: toRows(delivered(gone, NOW - MINUTE, { unused: 1 })) }))
    const rollup: Rollup = new Map()
    addKey(cellOf(rollup, NOW - 20 * DAY, 'web', 'client'), 'of a metric', 3, 0)
    await writer.write(testDelivery({ rollup: toRows(rollup) }))
    await new Maintenance(writer, 30 * DAY).run(NOW)
    const { reader } = writer.database
    const values = () => select(reader, 'select value from dictionary order by value')
    expect(await values()).toHaveLength(4)
    const maintenance = new Maintenance(writer, 30 * DAY)
    maintenance.signals = { signals: [SIGNAL], lateness: LATENESS }
    await maintenance.run(NOW)
    expect(await values()).toEqual([['["kept"]'], ['of a metric']])
    const [cell] = (await counted(writer, SIGNAL, 0, NOW)).values()
    expect(cell && totalOf(cell)).toEqual({ count: 1, sum: 0 })
    await writer.close()
  })
})
