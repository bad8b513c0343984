import type { Metric } from '../core/metric.ts'
import { toCell, type CellRows } from '../core/rows.ts'
import { toMicros } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { METRICS } from '../metrics/index.ts'
import { readMetrics, timelineOf, type MetricReading } from '../reports/period.ts'
import type { Frame, MetricSummary, Summary } from './api-types.ts'

/** The cells that a summary is made from, over the frame's period; windows and sources may be any. */
export interface SummaryRows {
  readonly period: readonly CellRows[]
  /** Of the metrics over time with all their keys, in windows no longer than the frame's bucket. */
  readonly timeline: readonly CellRows[]
}

/** Merges the cells of all sources into the page's analysis of a period, with `top` keys for each metric. */
export function summarize(
  frame: Frame,
  rows: SummaryRows,
  metrics: readonly Metric[] = METRICS.filter(({ hidden }) => !hidden),
  top = 10
): Summary {
  const { from, to, bucket } = frame
  const time = Array.from({ length: Math.round((to - from) / bucket) }, (_, i) => from + i * bucket)
  const readings = readMetrics(metrics, rows.period.map(toCell), top)
  const { metrics: overTime } = timelineOf(
    metrics.filter(metric => metric.overTime),
    rows.timeline.map(toCell),
    readings,
    at => windowOf(at, toMicros(bucket)),
    time.map(toMicros)
  )
  return {
    ...frame,
    metrics: readings.map(summaryOf),
    timeline: {
      time,
      metrics: Object.fromEntries(overTime.map(({ metric, ...values }) => [metric.name, values]))
    }
  }
}

function summaryOf({ metric, classes: counts = {}, ...reading }: MetricReading): MetricSummary {
  const { classes, derive: _, ...entry } = metric
  return {
    ...entry,
    ...reading,
    ...(classes && {
      classes: classes.all.map(one => ({ ...one, count: counts[one.name] ?? 0 })),
      ...(classes.chart !== undefined && { classChart: classes.chart })
    })
  }
}
