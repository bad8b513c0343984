import { HOUR, type Micros } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import type { BlockSeries, ChartBlock } from '../block.ts'
import type { Timeline, ValuesOverTime } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type Section } from '../section.ts'

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

/** What happened by hour. */
export const timeline: Section<ReturnType<typeof members>> = {
  name: 'timeline',
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
  blocks: ({ timeline: { time, metrics } }) => withClasses(metrics).map(one => chartOf(time, one))
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

/** The classes of a metric over time, and the bytes where it measures some. */
function chartOf(time: readonly Micros[], { metric, sum, classes }: Series): ChartBlock {
  const measured = metric.measure.length > 0
  const parts = (metric.classes?.all ?? []).map(({ name, tone }): BlockSeries => ({
    label: name,
    unit: 'count',
    tone,
    values: classes[name] ?? []
  }))
  const bytes: BlockSeries = { label: 'bytes', unit: 'bytes', tone: 'info', line: true, values: sum }
  return {
    type: 'chart',
    name: `timeline-${metric.name}`,
    title: metric.chart ?? metric.label,
    group: 'Over time',
    time,
    to: (time.at(-1) ?? 0) + HOUR,
    whole: metric.unit,
    series: [
      ...parts.filter(({ values }) => values.some(count => count !== 0)),
      ...(measured ? [bytes] : [])
    ],
    marks: []
  }
}
