import { worstFirst } from '../../core/metric.ts'
import { startsOf, STEPS, windowsIn } from '../../core/steps.ts'
import { isoTime } from '../../core/units.ts'
import type { BlockSeries, ChartBlock, TimeMark } from '../block.ts'
import type { ReportContents } from '../contents.ts'
import type { Timeline, ValuesOverTime } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type Section } from '../section.ts'

const members = (z: Zod) => ({
  timeline: z
    .array(
      z.strictObject({
        time: timeIn(z).describe('Where the bucket begins.'),
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
    .describe('What happened by buckets of event time; those without any line are left out.'),
  step: z.enum(STEPS).describe('How long the buckets of the timeline are, by clock and calendar of the zone.')
})

/** What happened over time, with alerts, restarts, and times that were not watched. */
export const timeline: Section<ReturnType<typeof members>> = {
  name: 'timeline',
  members,
  json: ({ timeline }) => {
    const series = withClasses(timeline.metrics)
    return {
      step: timeline.step,
      timeline: timeline.time.map((time, i) => ({
        time: isoTime(time),
        metrics: Object.fromEntries(
          series.filter(({ count }) => count[i]).map(one => [one.metric.name, bucketOf(one, i)])
        )
      }))
    }
  },
  blocks: contents =>
    withClasses(contents.timeline.metrics).map((one, i) =>
      clipped(contents, withoutGaps(contents, chartOf(contents, one, i === 0 ? marksOf(contents) : [])))
    )
}

/** A chart of a period in the store has just that: its first and last bucket may be cut. */
function clipped({ origin, period }: ReportContents, chart: ChartBlock): ChartBlock {
  if (origin.kind === 'files' || !period || chart.time.length === 0) return chart
  const [first = period.from, ...others] = chart.time
  return { ...chart, time: [Math.max(first, period.from), ...others], to: Math.min(chart.to, period.to) }
}

/** The chart with the buckets too in which no line was counted. */
function withoutGaps({ timeline, period }: ReportContents, chart: ChartBlock): ChartBlock {
  const bucketOf = windowsIn(timeline.step, period?.zone ?? 'UTC')
  const time = startsOf(bucketOf, chart.time[0] ?? timeline.end, timeline.end)
  const known = new Map(chart.time.map((at, i) => [at, i]))
  // Buckets that are cut otherwise stay as they are.
  if (chart.time.some(at => !time.includes(at))) return chart
  const filled = chart.series.map(one => ({
    ...one,
    values: time.map(at => {
      const index = known.get(at)
      return index === undefined ? 0 : one.values[index]
    })
  }))
  return { ...chart, time, series: filled }
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
function chartOf(
  { timeline: { time, end } }: ReportContents,
  { metric, sum, classes }: Series,
  marks: readonly TimeMark[]
): ChartBlock {
  const measured = metric.measure.length > 0
  const parts = worstFirst(metric.classes?.all ?? []).map(({ name, tone }): BlockSeries => ({
    label: name,
    unit: 'count',
    tone,
    values: classes[name] ?? []
  }))
  const bytes: BlockSeries = { label: 'bytes', unit: 'bytes', tone: 'other', line: true, values: sum }
  return {
    type: 'chart',
    name: `timeline-${metric.name}`,
    title: metric.chart ?? metric.label,
    group: 'Over time',
    time,
    to: end,
    whole: metric.unit,
    series: [
      ...parts.filter(({ values }) => values.some(count => count !== 0)),
      ...(measured ? [bytes] : [])
    ],
    marks
  }
}

/** Labels hold no log text: marks are drawn where details are not wanted, too. */
function marksOf({ alerts = [], restarts = [], uncovered = [], period }: ReportContents): TimeMark[] {
  return [
    ...alerts
      .filter(({ fired }) => fired !== undefined)
      .map(({ since, resolved = period?.to, title, severity }): TimeMark => ({
        from: since,
        ...(resolved !== undefined && { to: resolved }),
        label: title,
        tone: severity === 'critical' ? 'critical' : 'warning'
      })),
    ...restarts.map((from): TimeMark => ({ from, label: 'restart', tone: 'info' })),
    ...uncovered.map(({ from, to, why }): TimeMark => ({ from, to, label: why, tone: 'other' }))
  ]
}
