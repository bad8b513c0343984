import { VisorError } from '../../core/errors.ts'
import type { Metric } from '../../core/metric.ts'
import { ALL_TIME, boundCell, cellOf, mergeCell, type Rollup } from '../../core/rollup.ts'
import { toRows, type CellRows } from '../../core/rows.ts'
import { STEPS, windowsIn, type CalendarStep } from '../../core/steps.ts'
import { MINUTE, toMillis, type Micros } from '../../core/time.ts'
import { QUARTER, type Window, type WindowUse } from '../../core/window.ts'
import { METRICS } from '../../metrics/index.ts'
import { endsInfo, partsOf, type PeriodParts } from '../ends.ts'
import { lineCells, type LineBuckets } from '../line-cells.ts'
import { readCells } from '../rollups.ts'
import type { CellAnswer, PeriodAnswer } from './answers.ts'
import { requireLines, type LineFilter } from './filter.ts'
import { limit, lineFilter, nameList, zoneName } from './parameters.ts'
import { question, type StoreReader } from './question.ts'

/** Keys of each metric, where no limit is given: up to so many, the number of distinct ones is exact. */
const KEYS = 5000

const MAX_STEPS = 10_000

export const periodQuestion = question({
  summary:
    'What each metric counted in a period, all sources together, and by a step of time those that are read over time. Windows that an end of the period cuts are counted from their lines; where these are not kept, `cut` says by how much the counts may be off at the ends.',
  parameters: z =>
    z.strictObject({
      ...lineFilter(z),
      metrics: nameList(z, 'metrics', 'This metric alone; may be given again.'),
      step: z
        .enum(STEPS, { error: `must be one of ${STEPS.join(', ')}` })
        .optional()
        .describe('The step of time; nothing is given over time when absent.'),
      zone: zoneName(z),
      limit: limit(z, KEYS)
    }),
  needsLines: false,
  async read(reader, { metrics: named, step, zone = 'UTC', limit = KEYS, ...filter }): Promise<PeriodCells> {
    const found = await partsIn(reader, filter)
    if (!found) return { cells: [], timeline: [], cut: 0 }
    const buckets = step === undefined ? undefined : bucketsOf(found.period, step, zone)
    const wanted = METRICS.filter(({ name }) => named?.includes(name) ?? true)
    const overTime = wanted.filter(metric => metric.overTime)
    const inAll = wanted.filter(metric => !metric.overTime)
    const { sources, where } = filter
    const read = async (
      use: WindowUse,
      metrics: readonly Metric[],
      by?: LineBuckets
    ): Promise<CellRows[]> => {
      const cells = await cellsOf(reader, found.parts[use], { sources, where }, metrics, by)
      for (const cell of cells.values()) if (!by) boundCell(cell, limit)
      return toRows(cells)
    }
    return {
      cells: [...(await read('over time', overTime)), ...(await read('in all', inAll))],
      timeline: buckets ? await read('over time', overTime, buckets) : [],
      cut: Math.max(found.parts['over time'].cut, found.parts['in all'].cut)
    }
  },
  api: {
    access: 'socket',
    answer: ({ cells, timeline, cut }): PeriodAnswer => ({
      cells: cells.map(answeredCell),
      timeline: timeline.map(answeredCell),
      ...(cut > 0 && { cut: toMillis(cut) })
    })
  }
})

/** What was counted in a period: of every metric over all of it, and over time. */
interface PeriodCells {
  readonly cells: readonly CellRows[]
  readonly timeline: readonly CellRows[]
  readonly cut: Micros
}

interface FoundPeriod {
  readonly period: Window
  readonly parts: Readonly<Record<WindowUse, PeriodParts>>
}

/** What of a period holds anything, and how it is put together: where there is a query, of lines alone. */
async function partsIn(reader: StoreReader, filter: LineFilter): Promise<FoundPeriod | undefined> {
  if (filter.where) await requireLines(reader, filter)
  const info = await endsInfo(reader, filter.sources)
  if (!info.extent) return undefined
  const { first, last } = info.extent
  const period = {
    from: Math.max(filter.from ?? first, first),
    to: Math.min(filter.to ?? last + 1, last + 1)
  }
  if (period.from >= period.to) return undefined
  if (filter.where) {
    const parts = { windows: undefined, lines: [period], cut: 0 }
    return { period, parts: { 'over time': parts, 'in all': parts } }
  }
  const [overTime, inAll] = [await partsOf(period, 'over time', info), await partsOf(period, 'in all', info)]
  return { period, parts: { 'over time': overTime, 'in all': inAll } }
}

/** The steps of a zone that a period is in, and what of them windows and lines are first added up by. */
function bucketsOf({ from, to }: Window, step: CalendarStep, zone: string): LineBuckets {
  const windowing = windowsIn(step, zone)
  const starts: Micros[] = []
  for (let window = windowing(from); ; window = windowing(window.to)) {
    starts.push(window.from)
    if (window.to >= to) break
    if (starts.length >= MAX_STEPS)
      throw new VisorError(
        'QUERY',
        `step must be a longer one: there are more than ${MAX_STEPS} in that period`
      )
  }
  return { starts, step: step === 'minute' ? MINUTE : step === '5 minutes' ? 5 * MINUTE : QUARTER }
}

/** Cells of windows and of lines, those of all sources merged. */
async function cellsOf(
  reader: StoreReader,
  { windows, lines }: PeriodParts,
  { sources, where }: LineFilter,
  metrics: readonly Metric[],
  buckets: LineBuckets | undefined
): Promise<Rollup> {
  const cells: Rollup = new Map()
  const add = (rollup: Rollup): void => {
    for (const cell of rollup.values()) mergeCell(cellOf(cells, cell.window, '', cell.metric), cell)
  }
  if (windows)
    add(
      await readCells(reader.connection, {
        ...windows,
        ...(sources && { sources }),
        metrics: metrics.map(({ name }) => name),
        bucket: buckets?.starts ?? 'all'
      })
    )
  for (const span of lines) add(await lineCells(reader, metrics, { where, sources, ...span }, buckets))
  return cells
}

function answeredCell({
  window,
  metric,
  keys,
  counts,
  sums,
  otherCount,
  otherSum,
  sketch
}: CellRows): CellAnswer {
  return {
    metric,
    ...(window !== ALL_TIME && { time: toMillis(window) }),
    keys: keys.map((key, i) => [key, counts[i] ?? 0, sums[i] ?? 0]),
    other: [otherCount, otherSum],
    ...(sketch && { sketch: Buffer.from(sketch).toString('base64') })
  }
}
