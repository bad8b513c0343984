import type { Metric } from '../core/metric.ts'
import { percentileOf, readingOf, type Reading } from '../core/readings.ts'
import { ALL_TIME, cellOf, mergeCell, totalOf, type Cell, type Rollup } from '../core/rollup.ts'
import type { Counters } from '../core/source.ts'
import type { Span } from '../core/spans.ts'
import type { Analysis } from '../core/analysis.ts'
import type { Report } from './schema.ts'
import { timelineOf } from './timeline.ts'
import { isoTime } from '../core/units.ts'

/** Microseconds, in which durations are counted, in a second. */
const SECOND = 1e6

/** The report of an analysis: for each of `metrics` that counted anything its `top` largest keys and the rest. */
export function buildReport(analysis: Analysis, metrics: readonly Metric[], top: number): Report {
  const { counters, rollup, spans, files, from, to } = analysis
  const counted = metrics
    .map(metric => ({ metric, cell: overAll(rollup, metric.name) }))
    .filter(({ cell }) => totalOf(cell).count > 0)
  const [bucketed, keyed] = [true, false].map(buckets =>
    counted.filter(({ metric }) => (metric.buckets ?? false) === buckets)
  )
  return {
    lines: linesOf(counters),
    bytes: counters.bytes,
    period: { from: from === undefined ? null : isoTime(from), to: to === undefined ? null : isoTime(to) },
    metrics: Object.fromEntries(
      (keyed ?? []).map(({ metric, cell }) => [
        metric.name,
        readingWith(readingOf(cell, top), spans?.get(metric.name))
      ])
    ),
    percentiles: Object.fromEntries(
      (bucketed ?? []).map(({ metric, cell }) => [metric.name, percentiles(cell)])
    ),
    timeline: timelineOf(rollup),
    files: files.map(({ path, kinds, format, why, counters, problem, firstRejected }) => ({
      path,
      kinds: [...kinds],
      format: { name: format.name, text: format.text },
      why,
      lines: linesOf(counters),
      bytes: counters.bytes,
      ...(problem !== undefined && { problem }),
      rejected: firstRejected.map(({ line, column, reason, text }) => ({ line, column, reason, text }))
    }))
  }
}

/** A reading with the times when its keys were seen, where they are known. */
function readingWith(
  reading: Reading,
  spans: ReadonlyMap<string, Span> | undefined
): Report['metrics'][string] {
  const top = reading.top.map(entry => {
    const span = spans?.get(entry.key)
    return span ? { ...entry, first: isoTime(span.first), last: isoTime(span.last) } : { ...entry }
  })
  return { ...reading, top }
}

function linesOf({ read, parsed, rejected, late }: Counters): Report['lines'] {
  return { read, parsed, rejected, late }
}

/** One cell of a metric for all sources; the rollup's own where there is just one. */
function overAll(rollup: Rollup, metric: string): Cell {
  const cells = [...rollup.values()].filter(cell => cell.metric === metric && cell.window === ALL_TIME)
  const [only] = cells
  if (only && cells.length === 1) return only
  const sum = cellOf(new Map(), ALL_TIME, '', metric)
  for (const cell of cells) mergeCell(sum, cell)
  return sum
}

function percentiles(cell: Cell): Report['percentiles'][string] {
  const { count, sum } = totalOf(cell)
  const at = (q: number): number => (percentileOf(cell, q) ?? 0) / SECOND
  return { count, mean: sum / count / SECOND, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) }
}
