import { percentileOf, readingOf, type Reading } from '../core/readings.ts'
import { cellOf, distinctOf, totalOf, type Cell, type Rollup } from '../core/rollup.ts'
import { addRows, type CellRows } from '../core/rows.ts'
import { timelineOf } from './timeline.ts'
import type { BreakdownMetric, Frame, Latency, Summary, Totals } from './api-types.ts'

/** The metrics whose largest keys the page shows. */
export const BREAKDOWN_METRICS: readonly BreakdownMetric[] = [
  'client',
  'error_client',
  'path',
  'error_path',
  'status',
  'method',
  'protocol',
  'agent',
  'browser',
  'os',
  'bot',
  'country',
  'referrer',
  'vhost',
  'level',
  'module',
  'code',
  'message'
]

/** The metrics of which a summary needs every key, not only the largest. */
export const TOTAL_METRICS: readonly string[] = ['requests', 'duration']

/** The cells that a summary is made from, over the frame's period; windows and sources may be any. */
export interface SummaryRows {
  /** Of TOTAL_METRICS and BREAKDOWN_METRICS. */
  readonly period: readonly CellRows[]
  /** Of TIMELINE_METRICS with all their keys, in windows no longer than the frame's bucket. */
  readonly timeline: readonly CellRows[]
}

/** Merges the cells of all sources into the page's analysis of a period, with `top` keys for each metric. */
export function summarize(frame: Frame, rows: SummaryRows, top = 10): Summary {
  const cells = mergeByMetric(rows.period)
  return {
    ...frame,
    totals: totalsOf(cells),
    timeline: timelineOf(frame, rows.timeline),
    readings: readingsOf(cells, top)
  }
}

/** One cell for each metric, whatever windows and sources the rows are of. */
function mergeByMetric(rows: readonly CellRows[]): (metric: string) => Cell {
  const merged: Rollup = new Map()
  addRows(
    merged,
    rows.map(row => ({ ...row, window: 0, source: '' }))
  )
  return metric => cellOf(merged, 0, '', metric)
}

function readingsOf(cells: (metric: string) => Cell, top: number): Summary['readings'] {
  const readings: Partial<Record<BreakdownMetric, Reading>> = {}
  for (const metric of BREAKDOWN_METRICS) {
    const reading = readingOf(cells(metric), top)
    if (reading.count > 0) readings[metric] = reading
  }
  return readings
}

function totalsOf(cells: (metric: string) => Cell): Totals {
  const status = cells('status')
  const requests = totalOf(cells('requests'))
  return {
    requests: requests.count,
    bytes: requests.sum,
    serverErrors: countFrom(status, 500, Infinity),
    clientErrors: countFrom(status, 400, 500),
    errorLines: totalOf(cells('level')).count,
    clients: distinctOf(cells('client')),
    latency: latencyOf(cells('duration'))
  }
}

/** Lines whose number key is at least `low` and below `high`. */
function countFrom(cell: Cell, low: number, high: number): number {
  let count = 0
  for (const [key, tally] of cell.keys) if (Number(key) >= low && Number(key) < high) count += tally.count
  return count
}

const MICROSECONDS = 1e6

function latencyOf(durations: Cell): Latency | null {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(q => percentileOf(durations, q))
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null
  return { p50: p50 / MICROSECONDS, p95: p95 / MICROSECONDS, p99: p99 / MICROSECONDS }
}
