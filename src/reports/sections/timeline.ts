import type { Micros } from '../../core/time.ts'
import { formatBytes, formatCount, formatShare, isoTime } from '../../core/units.ts'
import { bar, clock, indent, numberColumns, table } from '../layout.ts'
import type { Timeline, ValuesOverTime } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type TextBlock, type Section } from '../section.ts'

const members = (z: Zod) => ({
  timeline: z
    .array(
      z.strictObject({
        time: timeIn(z).describe('Begin of the hour, UTC.'),
        metrics: z
          .record(
            z.string(),
            z.strictObject({
              count: countIn(z),
              sum: z.number(),
              classes: z.record(z.string(), countIn(z)).describe('Counts by class of the key, such as 5xx.')
            })
          )
          .describe('The metrics whose keys have classes, such as status and level, by name.')
      })
    )
    .describe('What happened by hour of event time; hours without any line are left out.')
})

/** What happened by hour, or the longer the period by day, month or year. */
export const timeline: Section<ReturnType<typeof members>> = {
  name: 'timeline',
  title: 'Over time',
  members,
  json: ({ timeline }) => {
    const series = withClasses(timeline.metrics)
    return {
      timeline: timeline.time.map((time, i) => ({
        time: isoTime(time),
        metrics: Object.fromEntries(
          series.filter(({ count }) => count[i]).map(one => [one.metric.name, bucketOf(one, i)])
        )
      }))
    }
  },
  text({ timeline: { time, metrics } }, width) {
    const [first, ...more] = withClasses(metrics)
    return first ? [chart(time, first, more, width)] : []
  }
}

function bucketOf(
  { count, sum, classes }: Series,
  i: number
): { count: number; sum: number; classes: Record<string, number> } {
  const inClasses = Object.entries(classes).map(([name, counts]) => [name, counts[i] ?? 0])
  return { count: count[i] ?? 0, sum: sum[i] ?? 0, classes: Object.fromEntries(inClasses) }
}

type Series = Timeline['metrics'][number] & Required<Pick<ValuesOverTime, 'classes'>>

function withClasses(metrics: Timeline['metrics']): Series[] {
  return metrics.flatMap(({ classes, ...one }) => (classes ? [{ ...one, classes }] : []))
}

/** Units of time, coarser by steps, and how many characters of a time in ISO 8601 name one. */
const UNITS = [
  { unit: 'hour', digits: 16 },
  { unit: 'day', digits: 10 },
  { unit: 'month', digits: 7 },
  { unit: 'year', digits: 4 }
] as const

const MAX_ROWS = 31

/** A bar chart of the first metric in the finest unit that has at most MAX_ROWS buckets, with the numbers of all. */
function chart(time: readonly Micros[], first: Series, more: readonly Series[], width: number): TextBlock {
  const labelsIn = (digits: number): string[] => time.map(start => clock(start).slice(0, digits))
  const { unit, digits } = UNITS.find(({ digits }) => new Set(labelsIn(digits)).size <= MAX_ROWS) ?? UNITS[3]
  const labels = labelsIn(digits)
  const rows = [...new Set(labels)]
  const counts = sums(labels, first.count)
  const most = Math.max(...counts.values())
  const columns = [
    ...columnsOf(first, first.metric.unit, labels),
    ...more.flatMap(one => columnsOf(one, (one.metric.chart ?? one.metric.label).toLowerCase(), labels))
  ]
  const taken = columns.reduce(
    (sum, column) => sum + 2 + Math.max(...column.map(text => text.length)),
    digits + 2
  )
  const room = Math.max(4, width - 2 - taken)
  const cells = rows.map((label, i) => [
    label,
    bar(counts.get(label) ?? 0, most, room),
    ...columns.map(column => column[i + 1] ?? '')
  ])
  const lines = table(
    [{ align: 'left' }, { align: 'left' }, ...numberColumns(columns.length)],
    [['', ' '.repeat(room), ...columns.map(([head = '']) => head)], ...cells],
    width - 2
  )
  return {
    title: `${capital(first.metric.unit)} by ${unit}`,
    note: 'UTC',
    lines: lines.map(indent)
  }
}

/** Columns of text under their heads: the count, the bytes, and the shares of classes that have a label. */
function columnsOf({ metric, ...values }: Series, head: string, labels: readonly string[]): string[][] {
  const counts = sums(labels, values.count)
  const bytes = sums(labels, values.sum)
  const shares = (metric.classes?.all ?? [])
    .filter(({ label }) => label !== undefined)
    .map(({ name }) => {
      const part = sums(labels, values.classes[name] ?? [])
      return [name, ...Array.from(counts, ([label, count]) => formatShare(part.get(label) ?? 0, count))]
    })
  return [
    [head, ...Array.from(counts.values(), formatCount)],
    ...(metric.measure.length > 0 ? [['bytes', ...Array.from(bytes.values(), formatBytes)]] : []),
    ...shares
  ]
}

/** Sums of the values under equal labels, in the order of the labels. */
function sums(labels: readonly string[], values: readonly number[]): Map<string, number> {
  const all = new Map<string, number>()
  labels.forEach((label, i) => all.set(label, (all.get(label) ?? 0) + (values[i] ?? 0)))
  return all
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
