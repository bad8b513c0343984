import { readAs, type HeadlineNumber } from '../../core/metric.ts'
import type { Micros } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import type { Figure } from '../block.ts'
import { lineCounts } from '../layout.ts'
import type { MetricReading } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, linesIn, timeIn, type Section } from '../section.ts'

const members = (z: Zod) => ({
  where: z.string().optional().describe('The query that counted lines pass; `lines` and `bytes` are of all.'),
  lines: linesIn(z).optional().describe('Absent where it is not known what was read in that time.'),
  bytes: countIn(z).optional().describe('Bytes read.'),
  period: z
    .strictObject({ from: timeIn(z).nullable(), to: timeIn(z).nullable() })
    .describe('First and last event.')
})

/** What was read: lines, period, and the totals. */
export const overview: Section<ReturnType<typeof members>> = {
  name: 'overview',
  members,
  json: ({ where, counters, from, to }) => ({
    ...(where !== undefined && { where }),
    ...(counters && { lines: lineCounts(counters), bytes: counters.bytes }),
    period: { from: timeOf(from), to: timeOf(to) }
  }),
  blocks: ({ metrics }) => {
    const figures = metrics.filter(isHeadline).flatMap(total => figuresOf(total, metrics))
    return figures.length > 0 ? [{ type: 'figures', name: 'overview', title: 'In all', figures }] : []
  }
}

function timeOf(time: Micros | undefined): string | null {
  return time === undefined ? null : isoTime(time)
}

function isHeadline({ metric }: MetricReading): boolean {
  return readAs(metric) === 'total' && metric.headline !== undefined
}

/** A total with its sum, and the share of each class that has a label among what is part of it. */
function figuresOf({ metric, count, sum }: MetricReading, all: readonly MetricReading[]): Figure[] {
  const headline = metric.headline ?? []
  const labelOf = (of: HeadlineNumber['of']): string =>
    headline.find(one => one.of === of)?.label ?? metric.label
  const shares = all
    .filter(part => part.metric.shareOf === metric.name)
    .flatMap(({ metric: { classes }, classes: counts = {}, whole }) =>
      (classes?.all ?? []).flatMap(({ name, label, tone }): Figure[] =>
        label === undefined ? [] : [{ label, unit: 'share', value: (counts[name] ?? 0) / whole, tone }]
      )
    )
  const measured = metric.measure.length > 0
  return [
    { label: labelOf('count'), unit: 'count', value: count },
    ...(measured ? [{ label: labelOf('sum'), unit: 'bytes', value: sum } as const] : []),
    ...shares
  ]
}
