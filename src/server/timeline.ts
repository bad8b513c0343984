import { percentileOf } from '../core/readings.ts'
import { cellOf, totalOf, type Cell, type Rollup } from '../core/rollup.ts'
import { addRows, type CellRows } from '../core/rows.ts'
import { windowOf } from '../core/window.ts'
import type { Frame, Severity, StatusClass, Timeline } from './api-types.ts'

/** The metrics that a timeline needs, by bucket. */
export const TIMELINE_METRICS: readonly string[] = ['requests', 'status', 'level', 'duration']

const MICROSECONDS_PER_MS = 1000
const MICROSECONDS = 1e6

/** Lays cells out in the frame's buckets, over all sources; cells outside the frame are left out. */
export function timelineOf(frame: Frame, rows: readonly CellRows[]): Timeline {
  const bucket = frame.bucket * MICROSECONDS_PER_MS
  const merged: Rollup = new Map()
  addRows(
    merged,
    rows.map(row => ({ ...row, window: windowOf(row.window, bucket), source: '' }))
  )
  const time = bucketStarts(frame)
  const cells = (metric: string): Cell[] =>
    time.map(start => cellOf(merged, start * MICROSECONDS_PER_MS, '', metric))
  const requests = cells('requests').map(totalOf)
  const duration = cells('duration')
  return {
    time,
    requests: classesOf(
      cells('status'),
      requests.map(total => total.count)
    ),
    bytes: requests.map(total => total.sum),
    errorLines: severitiesOf(cells('level')),
    p50: duration.map(cell => secondsAt(cell, 0.5)),
    p95: duration.map(cell => secondsAt(cell, 0.95))
  }
}

function bucketStarts({ from, to, bucket }: Frame): number[] {
  return Array.from({ length: Math.round((to - from) / bucket) }, (_, i) => from + i * bucket)
}

/** Requests by class of status; what has none of the named classes is `other`, so the sum is all requests. */
function classesOf(status: readonly Cell[], requests: readonly number[]): Timeline['requests'] {
  const of = (name: StatusClass): number[] =>
    status.map(cell => countWhere(cell, key => classOf(key) === name))
  const named = { '2xx': of('2xx'), '3xx': of('3xx'), '4xx': of('4xx'), '5xx': of('5xx') }
  const known = (i: number): number => Object.values(named).reduce((sum, counts) => sum + (counts[i] ?? 0), 0)
  return { ...named, other: requests.map((count, i) => Math.max(0, count - known(i))) }
}

/** Class of an HTTP status, by its first digit; 6xx and above do not exist and are `other`. */
export function classOf(status: string): StatusClass {
  switch (status.length === 3 ? status[0] : '') {
    case '2':
      return '2xx'
    case '3':
      return '3xx'
    case '4':
      return '4xx'
    case '5':
      return '5xx'
    default:
      return 'other'
  }
}

function severitiesOf(levels: readonly Cell[]): Timeline['errorLines'] {
  const error = levels.map(cell => countWhere(cell, key => severityOf(key) === 'error'))
  const warn = levels.map(cell => countWhere(cell, key => severityOf(key) === 'warn'))
  const other = levels.map((cell, i) => totalOf(cell).count - (error[i] ?? 0) - (warn[i] ?? 0))
  return { error, warn, other }
}

const SEVERITIES: ReadonlyMap<string, Severity> = new Map([
  ['emerg', 'error'],
  ['alert', 'error'],
  ['crit', 'error'],
  ['error', 'error'],
  ['warn', 'warn'],
  ['warning', 'warn']
])

/** How bad a LogLevel of Apache or nginx is. */
export function severityOf(level: string): Severity {
  return SEVERITIES.get(level.toLowerCase()) ?? 'other'
}

function countWhere(cell: Cell, wanted: (key: string) => boolean): number {
  let count = 0
  for (const [key, tally] of cell.keys) if (wanted(key)) count += tally.count
  return count
}

function secondsAt(durations: Cell, q: number): number | null {
  const value = percentileOf(durations, q)
  return value === undefined ? null : value / MICROSECONDS
}
