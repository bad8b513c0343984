import type { Metric } from '../core/metric.ts'
import { toCell, type CellRows } from '../core/rows.ts'
import { toMicros, toMillis, type Micros } from '../core/time.ts'
import { METRICS } from '../metrics/index.ts'
import { readMetrics, timelineOf, type MetricReading } from '../reports/period.ts'
import type { Frame, MetricSummary, Summary } from './api-types.ts'
import { bucketsOf, startsOfFrame } from './period.ts'

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
  const [time, bucketOf] = [startsOfFrame(frame), bucketsOf(frame)]
  const readings = readMetrics(metrics, rows.period.map(toCell), top)
  const { metrics: overTime } = timelineOf(
    metrics.filter(metric => metric.overTime),
    rows.timeline.map(toCell),
    readings,
    memoized(at => toMicros(bucketOf(toMillis(at)).from)),
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

/** The bucket of a window is found once, however many cells are of it. */
function memoized(startOf: (time: Micros) => Micros): (time: Micros) => Micros {
  const known = new Map<Micros, Micros>()
  return time => {
    const start = known.get(time) ?? startOf(time)
    known.set(time, start)
    return start
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
