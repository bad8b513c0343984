import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergeCell, totalOf, cellOf, type Rollup } from '../../core/rollup.ts'
import { toCell, type CellRows } from '../../core/rows.ts'
import { windowsIn, type CalendarStep } from '../../core/steps.ts'
import { MINUTE, SECOND, toMicros, type Micros } from '../../core/time.ts'
import { parseQuery } from '../../query/index.ts'
import { readerOf, writtenHistory } from '../testing/history.ts'
import { temporaryFolder } from '../testing/samples.ts'
import { select, whole } from '../sql.ts'
import type { Writer } from '../writer.ts'
import { countQuestion } from './count.ts'
import { periodQuestion } from './period.ts'
import { statsQuestion } from './stats.ts'

/** Three days after clocks were set back on Lord Howe, by half an hour, and on Chatham. */
const NOW = toMicros(Date.UTC(2026, 3, 8, 14, 7, 13))
const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Chatham'
]

const folder = temporaryFolder()
let writer: Writer
beforeAll(async () => {
  writer = await writtenHistory(folder.path, NOW, 1)
}, 180_000)
afterAll(async () => {
  await writer.close()
  folder[Symbol.dispose]()
})

type Asked = Parameters<typeof periodQuestion.read>[1]
const ask = (parameters: Asked) => periodQuestion.read(readerOf(writer, NOW), parameters)
const LINES = parseQuery('kind:access OR kind:error')

/** Keys, counts and sums by metric and time, in an order that does not depend on how they were read. */
function plain(rows: readonly CellRows[]): object {
  const entries = rows.map(toCell).map(cell => {
    const keys = [...cell.keys].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return [`${cell.metric} ${cell.window}`, [keys, cell.other]] as const
  })
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const time = fc
  .oneof(
    fc.integer({ min: 0, max: 13 * 24 * 60 * 60 }).map(age => NOW - age * SECOND),
    fc.integer({ min: 0, max: 4 * 60 * 60 }).map(age => NOW - age * SECOND),
    fc.integer({ min: 0, max: 13 * 24 * 4 }).map(age => NOW - (NOW % (15 * MINUTE)) - age * 15 * MINUTE)
  )
  .map(at => at + 0)
const range = fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + SECOND }))

describe('a period of a store', () => {
  it('holds windows of all lengths', async () => {
    const rows = await select(
      writer.database.reader,
      'select tier, count(distinct start) from rollups group by tier order by tier'
    )
    expect(rows.map(([tier]) => Number(tier))).toEqual([0, 1, 2, 3])
  })

  it('is what all metrics count of its lines, whatever windows its ends cut', async () => {
    const property = fc.asyncProperty(range, async ({ from, to }) => {
      const [found, ofLines] = [await ask({ from, to }), await ask({ from, to, where: LINES })]
      expect(plain(found.cells)).toEqual(plain(ofLines.cells))
      expect(found.cut).toBe(0)
      const [row] = await select(
        writer.database.reader,
        `select count(*) filter (kind = 'access'), count(status) filter (status >= 500), coalesce(sum(bytes), 0),
           count(distinct client) from log
         where time >= make_timestamp(${whole(from)}) and time < make_timestamp(${whole(to)})`
      )
      const cells = new Map(found.cells.map(row => [row.metric, toCell(row)]))
      const cell = (metric: string) => cells.get(metric) ?? cellOf(new Map(), 0, '', metric)
      const { keys } = cell('status')
      const failed = [...keys].filter(([status]) => Number(status) >= 500)
      expect([
        totalOf(cell('requests')).count,
        failed.reduce((sum, [, { count }]) => sum + count, 0),
        totalOf(cell('requests')).sum,
        cell('client').keys.size
      ]).toEqual(row?.map(Number))
    })
    await fc.assert(property, { seed: 3, numRuns: 6 })
  }, 180_000)

  it('is the sum of its halves', async () => {
    const property = fc.asyncProperty(range, time, async ({ from, to }, at) => {
      const middle = Math.min(Math.max(at, from), to)
      const halves: Rollup = new Map()
      for (const part of [
        { from, to: middle },
        { from: middle, to }
      ])
        for (const row of (await ask(part)).cells)
          mergeCell(cellOf(halves, row.window, '', row.metric), toCell(row))
      const { cells } = await ask({ from, to })
      const sums = (all: Iterable<{ metric: string } & Parameters<typeof totalOf>[0]>) =>
        Object.fromEntries(Array.from(all, cell => [cell.metric, totalOf(cell)]))
      expect(sums(halves.values())).toEqual(sums(cells.map(toCell)))
    })
    await fc.assert(property, { seed: 4, numRuns: 8 })
  }, 180_000)

  it('has the hours and days of any zone', async () => {
    const steps = fc.constantFrom<CalendarStep[]>('15 minutes', 'hour', 'day', 'week')
    const property = fc.asyncProperty(
      range,
      fc.constantFrom(...ZONES),
      steps,
      async ({ from, to }, zone, step) => {
        const { timeline } = await ask({ from, to, zone, step })
        const bucket = windowsIn(step, zone)
        const rows = await select(
          writer.database.reader,
          `select epoch_us(time)::double from log where kind = 'access'
           and time >= make_timestamp(${whole(from)}) and time < make_timestamp(${whole(to)})`
        )
        const expected = new Map<Micros, number>()
        for (const [time] of rows) {
          const { from } = bucket(Number(time))
          expected.set(from, (expected.get(from) ?? 0) + 1)
        }
        const found = timeline.filter(({ metric }) => metric === 'requests')
        expect(new Map(found.map(row => [row.window, totalOf(toCell(row)).count]))).toEqual(expected)
      }
    )
    await fc.assert(property, { seed: 5, numRuns: 18 })
  }, 180_000)
})

describe('lines are grouped by', () => {
  it.each(ZONES)('hours and days of %s', async zone => {
    const rows = await select(writer.database.reader, 'select epoch_us(time)::double from events')
    const times = rows.map(([time]) => Number(time))
    for (const by of ['minute', 'hour', 'day'] as const) {
      const window = windowsIn(by, zone)
      const expected = Map.groupBy(times, time => window(time).from)
      const found = await countQuestion.read(readerOf(writer, NOW), { by, zone })
      expect(found).toEqual(
        [...expected].toSorted(([a], [b]) => a - b).map(([time, all]) => ({ time, count: all.length }))
      )
      const stats = { measure: 'count', field: undefined, by: [by] } as const
      const groups = await statsQuestion.read(readerOf(writer, NOW), { stats, zone, limit: 100_000 })
      expect(groups.map(({ keys, value }) => ({ time: keys[0], count: value }))).toEqual(found)
    }
  })
})
