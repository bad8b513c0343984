import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { MetricSummary, Summary } from '../../server/api-types.ts'
import { Chart } from '../charts/chart.tsx'
import { lastOf, sum } from '../charts/legend.tsx'
import type { ChartData } from '../charts/plot.ts'
import { worstFirst } from '../../core/metric.ts'
import type { ChartSeries } from '../charts/series.ts'
import { compactText, percentileFormat } from '../format/numbers.ts'
import { marks } from '../state/marks.ts'
import { summary } from '../state/summary.ts'

const TALL = 208
const LOW = 116

/** Charts of the metrics that are read over time; the first is the largest. */
export function Timelines({ metrics }: Pick<Summary, 'metrics'>): JSX.Element {
  const [first, ...more] = metrics
    .filter(({ chart }) => chart !== undefined)
    .toSorted((a, b) => Number(a.percentiles !== undefined) - Number(b.percentiles !== undefined))
  const failures = metrics.filter(({ classes }) => classes?.some(({ label, count }) => label && count > 0))
  return (
    <section class="timelines">
      <h2 class="hidden">Over time</h2>
      {first && <MetricChart key={first.name} metric={first} title={first.chart} height={TALL} />}
      <div class="small-charts">
        {failures.map(metric => (
          <MetricChart key={`${metric.name} failures`} metric={metric} title={metric.classChart} failures />
        ))}
        {more.map(metric => (
          <MetricChart key={metric.name} metric={metric} title={metric.chart} />
        ))}
      </div>
    </section>
  )
}

interface MetricChartProps {
  readonly metric: MetricSummary
  readonly title: string | undefined
  readonly height?: number
  /** Only the classes that have a label. */
  readonly failures?: boolean
}

function MetricChart({ metric, title = '', height = LOW, failures = false }: MetricChartProps): JSX.Element {
  const { name } = metric
  const shown = useRef<ChartData>({ time: [], bucket: 1, series: [] })
  const data = useComputed(() => {
    const now = summary.value
    const series = now && seriesOf(now, name, failures)
    if (series) shown.current = { time: now.timeline.time, bucket: now.bucket, series, marks: marks.value }
    return shown.current
  })
  const common = { title, height, data }
  return metric.percentiles ? (
    <Chart {...common} kind="lines" format={percentileFormat(metric)} whole={lastOf} />
  ) : (
    <Chart {...common} kind="stack" format={compactText} whole={sum} />
  )
}

/** The rows of a metric's chart: its classes, the worst at the bottom, where their height can be read, its percentiles, or its count. */
function seriesOf(
  { metrics, timeline }: Summary,
  name: string,
  failures: boolean
): ChartSeries[] | undefined {
  const metric = metrics.find(one => one.name === name)
  const values = timeline.metrics[name]
  if (!metric || !values) return undefined
  const { classes, percentiles, count } = values
  if (percentiles)
    return [
      { name: 'median', color: 'tone-p50', values: percentiles.p50 },
      { name: 'p95', color: 'tone-p95', values: percentiles.p95 }
    ]
  if (!classes || !metric.classes) return [{ name: metric.unit, color: 'tone-success', values: count }]
  return worstFirst(metric.classes)
    .filter(({ label }) => !failures || label !== undefined)
    .map(({ name, tone }) => ({ name, color: `tone-${tone}`, values: classes[name] ?? [] }))
}
