import type * as zod from 'zod'
import { readAs, unitOf } from '../../core/metric.ts'
import { SECOND } from '../../core/time.ts'
import { formatBytes, formatCount, formatSeconds, formatShare, isoTime } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import type { TimeSpan, Spans } from '../../core/spans.ts'
import { bar, clock, indent, numberColumns, table, type TableColumn } from '../layout.ts'
import type { MetricReading } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type TextBlock, type Section } from '../section.ts'

function readingIn(z: Zod) {
  const tally = {
    count: countIn(z).describe('Lines counted.'),
    sum: z.number().describe('Sum of the measure: bytes of the answers; 0 for a metric without one.')
  }
  const distinct = countIn(z).describe('Distinct keys; an estimate (1.6 % standard error) for very many.')
  const key = z.strictObject({
    key: z.string(),
    ...tally,
    first: timeIn(z).optional().describe('When it was first seen: of messages of error logs.'),
    last: timeIn(z).optional().describe('When it was last seen.')
  })
  return z.strictObject({
    ...tally,
    distinct,
    top: z.array(key).describe('The largest keys by count, then sum, then name.'),
    other: z.strictObject({ ...tally, distinct }).describe('All keys that are not in top, together.'),
    classes: z.record(z.string(), countIn(z)).optional().describe('Counts by class of the key, such as 5xx.')
  })
}

function spreadIn(z: Zod) {
  const value = z.number().min(0).describe('In seconds, of durations.')
  return z.strictObject({ count: countIn(z), mean: value, p50: value, p90: value, p95: value, p99: value })
}

const members = (z: Zod) => ({
  metrics: z.record(z.string(), readingIn(z)).describe('Every metric that counted something, by its name.'),
  percentiles: z
    .record(z.string(), spreadIn(z))
    .describe('Metrics that are read as percentiles (1 % relative error), such as duration.')
})

/** Every metric: its largest keys, or its percentiles. */
export const metrics: Section<ReturnType<typeof members>> = {
  name: 'metrics',
  title: 'Metrics',
  members,
  json: ({ metrics, spans }) => {
    const [spreads, keyed] = [true, false].map(is =>
      metrics.filter(({ percentiles }) => (percentiles !== undefined) === is)
    )
    return {
      metrics: Object.fromEntries((keyed ?? []).map(one => [one.metric.name, readingOf(one, spans)])),
      percentiles: Object.fromEntries((spreads ?? []).map(one => [one.metric.name, spreadOf(one)]))
    }
  },
  text: ({ metrics, spans }, width) =>
    metrics.flatMap(one =>
      one.percentiles
        ? [percentileBlock(one)]
        : readAs(one.metric) === 'top'
          ? [topBlock(one, spans?.get(one.metric.name), width)]
          : []
    )
}

function readingOf(
  { metric, count, sum, distinct, top, other, classes }: MetricReading,
  spans: Spans | undefined
): zod.output<ReturnType<typeof readingIn>> {
  const seen = spans?.get(metric.name)
  const shown = top.map(entry => {
    const span = seen?.get(entry.key)
    return span ? { ...entry, first: isoTime(span.first), last: isoTime(span.last) } : entry
  })
  return { count, sum, distinct, top: shown, other, ...(classes && { classes: { ...classes } }) }
}

function spreadOf({
  metric,
  count,
  sum,
  percentiles
}: MetricReading): zod.output<ReturnType<typeof spreadIn>> {
  const mean = sum / count / (unitOf(metric.measure) === 'microseconds' ? SECOND : 1)
  return { count, mean, ...percentiles! }
}

function percentileBlock(one: MetricReading): TextBlock {
  const format = unitOf(one.metric.measure) === 'microseconds' ? formatSeconds : formatCount
  const { count, ...values } = spreadOf(one)
  const texts = Object.entries(values).map(([name, value]) => `${name} ${format(value)}`)
  return {
    title: one.metric.label,
    note: `${formatCount(count)} ${one.metric.unit}`,
    lines: [indent(texts.join(' · '))]
  }
}

function topBlock(
  { metric, sum, distinct, top, other, whole }: MetricReading,
  spans: ReadonlyMap<string, TimeSpan> | undefined,
  width: number
): TextBlock {
  const measured = sum > 0
  const most = top[0]?.count ?? 0
  const row = (key: string, tally: { count: number; sum: number }, share: string): string[] => [
    key,
    formatCount(tally.count),
    formatShare(tally.count, whole),
    share,
    ...(measured ? [formatBytes(tally.sum)] : [])
  ]
  const rows = top.map(entry => row(visible(entry.key) || '(empty)', entry, bar(entry.count, most, 12)))
  if (other.count > 0) rows.push(row(`… ${formatCount(other.distinct)} others`, other, ''))
  const columns: TableColumn[] = [
    { align: 'left', fills: true },
    ...numberColumns(2),
    { align: 'left' },
    ...numberColumns(measured ? 1 : 0)
  ]
  const lines = table(columns, rows, width - 2).flatMap((line, i) => [
    indent(line),
    ...seen(spans?.get(top[i]?.key ?? ''))
  ])
  return { title: metric.label, note: `${formatCount(distinct)} distinct`, lines }
}

/** When a key was first and last seen, where that is known. */
function seen(span: TimeSpan | undefined): string[] {
  return span ? [`    first ${clock(span.first)}, last ${clock(span.last)}`] : []
}
