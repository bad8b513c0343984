import { readAs, unitOf, type Classes, type Metric } from '../core/metric.ts'
import { percentilesOf, readingOf, type Percentiles, type CellReading } from '../core/readings.ts'
import { mergedCell, totalOf, type Cell, type Tally } from '../core/rollup.ts'
import { SECOND, type Micros } from '../core/time.ts'

/** What a metric shows of a period. */
export interface MetricReading extends CellReading {
  readonly metric: Metric
  /** The count that its shares are shares of. */
  readonly whole: number
  /** All lines that were counted, where not all of them are requests. */
  readonly lines?: number
  /** Counts by class of the keys, where it has classes. */
  readonly classes?: Readonly<Record<string, number>>
  /** Where it is read as percentiles; in seconds for durations. */
  readonly percentiles?: Percentiles
}

/** What was counted over time. */
export interface Timeline {
  /** Starts of the buckets, ascending. */
  readonly time: readonly Micros[]
  /** The metrics that counted something. */
  readonly metrics: readonly ({ readonly metric: Metric } & ValuesOverTime)[]
}

/** One value for each bucket. */
export interface ValuesOverTime {
  readonly count: readonly number[]
  readonly sum: readonly number[]
  /** All lines that were counted, where not all of them are requests. */
  readonly lines?: readonly number[]
  readonly classes?: Readonly<Record<string, readonly number[]>>
  /** `null` where nothing was counted. */
  readonly percentiles?: Readonly<Record<keyof Percentiles, readonly (number | null)[]>>
}

/** The metric of all lines of access logs. */
const REQUESTS = 'requests'

/** What tells that a line is a request: in logs that have any of it, lines without are none, such as heartbeats. */
const ASKED_OR_ANSWERED = ['status', 'method', 'path'] as const

/** The same for logs that have nothing of that. */
const OTHER_SIGNS = ['bytes', 'duration', 'agent', 'referrer'] as const

/** How many of the lines of access logs are requests, and how many lines there are. */
export function requestsIn(cellOf: (metric: string) => Cell): Tally & { readonly lines: number } {
  const { count: lines, sum } = totalOf(cellOf(REQUESTS))
  const countOf = (name: string): number => totalOf(cellOf(name)).count
  const told = Math.max(...ASKED_OR_ANSWERED.map(countOf))
  const count = told === 0 && OTHER_SIGNS.some(name => countOf(name) > 0) ? lines : Math.min(told, lines)
  return { count, sum, lines }
}

/** What each metric counted in the cells of a period, of any windows and sources; those that counted nothing are left out. */
export function readMetrics(
  metrics: readonly Metric[],
  cells: Iterable<Cell>,
  top: number
): readonly MetricReading[] {
  const byMetric = Map.groupBy(cells, cell => cell.metric)
  const cellOf = (name: string): Cell => mergedCell(byMetric.get(name) ?? [], name)
  const { lines, ...requests } = requestsIn(cellOf)
  return metrics.flatMap((metric): MetricReading[] => {
    const { name, shareOf } = metric
    const cell = name === REQUESTS ? totalCell(cellOf(name), requests) : cellOf(name)
    const reading = readingOf(cell, top)
    const others = name === REQUESTS && requests.count < lines ? { lines } : {}
    if (reading.count === 0 && others.lines === undefined) return []
    const whole = shareOf === REQUESTS ? requests.count : 0
    return [
      {
        metric,
        ...reading,
        ...others,
        whole: Math.max(whole, reading.count),
        ...partsOf(metric, cell, whole)
      }
    ]
  })
}

/** Fields that reports and the page tell of. */
const TOLD = ['status', 'bytes', 'duration', 'vhost', 'referrer', 'agent', 'client'] as const

/** Those of them that no request has. Where there is no request, nothing is known of that. */
export function absentFields(
  metrics: readonly { readonly name: string; readonly count: number }[]
): readonly string[] {
  const counted = new Set(metrics.filter(({ count }) => count > 0).map(({ name }) => name))
  return counted.has(REQUESTS) ? TOLD.filter(name => !counted.has(name)) : []
}

/** A total with other counts. */
function totalCell(cell: Cell, { count, sum }: Tally): Cell {
  return { ...cell, keys: new Map(count > 0 ? [['', { count, sum }]] : []), other: { count: 0, sum: 0 } }
}

/**
 * What metrics counted over time, in cells with all their keys and windows no longer than a bucket. `bucketOf` gives
 * the start of the bucket that holds a time; `starts` are all buckets to be shown, those with anything in them where
 * absent. `inAll` is what was counted in the whole time: it says what of the lines are requests.
 */
export function timelineOf(
  metrics: readonly Metric[],
  cells: readonly Cell[],
  inAll: readonly MetricReading[],
  bucketOf: (time: Micros) => Micros,
  starts?: readonly Micros[]
): Timeline {
  const byMetric = Map.groupBy(cells, ({ metric }) => metric)
  const time = starts ?? [...new Set(cells.map(({ window }) => bucketOf(window)))].sort((a, b) => a - b)
  const cellsOf = (name: string): Cell[] => {
    const buckets = Map.groupBy(byMetric.get(name) ?? [], ({ window }) => bucketOf(window))
    return time.map(start => mergedCell(buckets.get(start) ?? [], name))
  }
  const lines = cellsOf(REQUESTS).map(totalOf)
  const answered = areAnswered(inAll) ? cellsOf('status').map(totalOf) : lines
  const requests = answered.map(({ count }) => count)
  return {
    time,
    metrics: metrics
      .filter(({ name }) => byMetric.has(name))
      .map(metric => {
        const values = valuesOf(metric, cellsOf(metric.name), metric.shareOf === REQUESTS ? requests : [])
        if (metric.name !== REQUESTS || answered === lines) return { metric, ...values }
        return { metric, ...values, count: requests, lines: values.count }
      })
  }
}

/** Whether some lines are no requests, and requests are just those that have a status. */
function areAnswered(inAll: readonly MetricReading[]): boolean {
  const [requests, status] = [REQUESTS, 'status'].map(name =>
    inAll.find(({ metric }) => metric.name === name)
  )
  return requests?.lines !== undefined && requests.count === (status?.count ?? 0)
}

function valuesOf(metric: Metric, row: readonly Cell[], whole: readonly number[]): ValuesOverTime {
  const totals = row.map(totalOf)
  const parts = row.map((cell, i) => partsOf(metric, cell, whole[i] ?? 0))
  const at = (name: keyof Percentiles): (number | null)[] =>
    parts.map(({ percentiles }) => percentiles?.[name] ?? null)
  return {
    count: totals.map(({ count }) => count),
    sum: totals.map(({ sum }) => sum),
    ...(metric.classes && {
      classes: Object.fromEntries(
        metric.classes.all.map(({ name }) => [name, parts.map(({ classes }) => classes?.[name] ?? 0)])
      )
    }),
    ...(readAs(metric) === 'percentiles' && {
      percentiles: { p50: at('p50'), p90: at('p90'), p95: at('p95'), p99: at('p99') }
    })
  }
}

/** The classes and percentiles of a cell, where its metric has them. */
function partsOf(metric: Metric, cell: Cell, whole: number): Pick<MetricReading, 'classes' | 'percentiles'> {
  const unit = unitOf(metric.measure) === 'microseconds' ? SECOND : 1
  const percentiles = readAs(metric) === 'percentiles' ? percentilesOf(cell, unit) : undefined
  return {
    ...(metric.classes && { classes: classCounts(metric.classes, cell, whole) }),
    ...(percentiles && { percentiles })
  }
}

/** Counts by class; what is not among the keys, of the cell or of the `whole` that it is part of, is of the last class. */
function classCounts({ all, classOf }: Classes, cell: Cell, whole: number): Record<string, number> {
  const counts = new Map(all.map(({ name }) => [name, 0]))
  let known = 0
  for (const [key, { count }] of cell.keys) {
    const name = classOf(key)
    counts.set(name, (counts.get(name) ?? 0) + count)
    known += count
  }
  const last = all.at(-1)?.name ?? ''
  counts.set(last, (counts.get(last) ?? 0) + Math.max(totalOf(cell).count, whole) - known)
  return Object.fromEntries(counts)
}
