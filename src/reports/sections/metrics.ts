import type * as zod from 'zod'
import { readAs, unitOf, type ClassTone, type Metric } from '../../core/metric.ts'
import type { Tally } from '../../core/rollup.ts'
import type { TimeSpan, Spans } from '../../core/spans.ts'
import { SECOND } from '../../core/time.ts'
import { formatCount, isoTime } from '../../core/units.ts'
import type { Block, FiguresBlock, TableBlock, Value } from '../block.ts'
import type { ReportContents } from '../contents.ts'
import type { MetricReading } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type Section } from '../section.ts'

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
  members,
  json: ({ metrics, spans }) => {
    const [spreads, keyed] = [true, false].map(is =>
      shown(metrics).filter(({ percentiles }) => (percentiles !== undefined) === is)
    )
    return {
      metrics: Object.fromEntries((keyed ?? []).map(one => [one.metric.name, readingOf(one, spans)])),
      percentiles: Object.fromEntries((spreads ?? []).map(one => [one.metric.name, spreadOf(one)]))
    }
  },
  blocks: ({ metrics, spans, inErrorLog, referrers }) =>
    shown(metrics).flatMap((one): Block[] => {
      // Those of the site itself have a table apart.
      if (referrers && one.metric.name === 'referrer') return []
      if (one.percentiles) return [spreadBlock(one)]
      if (readAs(one.metric) !== 'top') return []
      const table = topBlock(one, spans?.get(one.metric.name))
      const both = one.metric.name === 'client' && metrics.some(({ metric }) => metric.name === 'requests')
      return [both && inErrorLog ? withErrorLog(table, one, inErrorLog) : table]
    })
}

/** Clients are counted in logs of both kinds: how many of their lines are of an error log stands beside. */
function withErrorLog(
  table: TableBlock,
  { top }: MetricReading,
  inErrorLog: NonNullable<ReportContents['inErrorLog']>
): TableBlock {
  const rows = table.rows.map((row, i) => ({
    ...row,
    cells: [...row.cells, inErrorLog.get(top[i]?.key ?? '')?.lines ?? 0]
  }))
  return {
    ...table,
    columns: [...table.columns, { label: 'Error log', unit: 'count' }],
    rows,
    ...(table.rest && { rest: [...table.rest, undefined] })
  }
}

/** Hidden metrics that are tables in reports all the same. */
const TABLES: ReadonlySet<string> = new Set(['not_found_path', 'failed_path', 'resource'])

function shown(metrics: readonly MetricReading[]): readonly MetricReading[] {
  return metrics.filter(({ metric: { hidden, name } }) => !hidden || TABLES.has(name))
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
  return { count, sum, distinct, top: shown, other, ...(classes && { classes }) }
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

function spreadBlock(one: MetricReading): FiguresBlock {
  const { name, label, group, measure } = one.metric
  const unit = unitOf(measure) === 'microseconds' ? 'seconds' : 'count'
  const { count, ...values } = spreadOf(one)
  return {
    type: 'figures',
    name,
    title: label,
    group,
    note: `${formatCount(count)} ${one.metric.unit}`,
    figures: Object.entries(values).map(([label, value]) => ({ label, unit, value }))
  }
}

/** The largest keys. What is not known of any of them, such as bytes or when it was seen, has no column. */
function topBlock(
  { metric, sum, distinct, top, other, whole }: MetricReading,
  spans: ReadonlyMap<string, TimeSpan> | undefined
): TableBlock {
  const measured = sum > 0
  const { meaningOf } = metric.classes ?? {}
  const numbers = ({ count, sum }: Tally): Value[] => [count, count / whole, ...(measured ? [sum] : [])]
  const seen = (key: string): Value[] => {
    const span = spans?.get(key)
    return spans ? [span?.first, span?.last] : []
  }
  return {
    type: 'table',
    name: metric.name,
    title: metric.label,
    group: metric.group,
    note: `${formatCount(distinct)} distinct`,
    columns: [
      { label: metric.label, unit: metric.classes ? 'text' : 'log', fills: true },
      ...(meaningOf ? [{ label: 'Meaning', unit: 'text' } as const] : []),
      { label: capital(metric.unit), unit: 'count' },
      { label: 'Share', unit: 'share', bar: true },
      ...(measured ? [{ label: 'Bytes', unit: 'bytes' } as const] : []),
      ...(spans ? (['First', 'Last'] as const).map(label => ({ label, unit: 'time' }) as const) : [])
    ],
    rows: top.map(({ key, ...tally }) => ({
      cells: [key, ...(meaningOf ? [meaningOf(key)] : []), ...numbers(tally), ...seen(key)],
      ...toneOf(metric, key)
    })),
    ...(other.count > 0 && {
      more: other.distinct,
      rest: [
        undefined,
        ...(meaningOf ? [undefined] : []),
        ...numbers(other),
        ...(spans ? [undefined, undefined] : [])
      ]
    })
  }
}

/** Whether a key is good or bad, where its metric tells. */
function toneOf({ classes }: Metric, key: string): { readonly tone?: ClassTone } {
  const name = classes?.classOf(key)
  const found = classes?.all.find(one => one.name === name)
  return found ? { tone: found.tone } : {}
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
