import type { Analysis } from '../core/analysis.ts'
import type { Metric } from '../core/metric.ts'
import { ALL_TIME } from '../core/rollup.ts'
import { HOUR } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { readMetrics, timelineOf, type MetricReading, type Timeline } from './period.ts'

/** All that the sections of a report show. */
export interface ReportContents extends Omit<Analysis, 'rollup'> {
  /** The query that counted lines pass. */
  readonly where?: string
  /** What was counted in all. */
  readonly metrics: readonly MetricReading[]
  /** What was counted by hour; hours without any line are left out. */
  readonly timeline: Timeline
}

/** Reads an analysis: of each of `metrics` the `top` largest keys. */
export function reportContents(
  { rollup, ...analysis }: Analysis,
  metrics: readonly Metric[],
  top: number,
  where?: string
): ReportContents {
  const [overall, hourly] = [true, false].map(is =>
    [...rollup.values()].filter(({ window }) => (window === ALL_TIME) === is)
  )
  return {
    ...analysis,
    ...(where !== undefined && { where }),
    metrics: readMetrics(metrics, overall ?? [], top),
    timeline: timelineOf(metrics, hourly ?? [], time => windowOf(time, HOUR))
  }
}
