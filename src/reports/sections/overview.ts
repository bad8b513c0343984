import { readAs } from '../../core/metric.ts'
import { toMillis, type Micros } from '../../core/time.ts'
import { formatBytes, formatCount, formatShare, formatSpan, isoTime } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import type { ReportContents } from '../contents.ts'
import { clock, cut, indent, lineCounts, table } from '../layout.ts'
import type { MetricReading } from '../period.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, linesIn, timeIn, type Section } from '../section.ts'

const members = (z: Zod) => ({
  where: z.string().optional().describe('The query that counted lines pass; `lines` and `bytes` are of all.'),
  lines: linesIn(z),
  bytes: countIn(z).describe('Bytes read.'),
  period: z
    .strictObject({ from: timeIn(z).nullable(), to: timeIn(z).nullable() })
    .describe('First and last event.')
})

/** What was read: files, lines, period, and the totals. */
export const overview: Section<ReturnType<typeof members>> = {
  name: 'overview',
  title: 'Visor report',
  members,
  json: ({ where, counters, from, to }) => ({
    ...(where !== undefined && { where }),
    lines: lineCounts(counters),
    bytes: counters.bytes,
    period: { from: timeOf(from), to: timeOf(to) }
  }),
  text(contents, width) {
    const { files, counters } = contents
    const rows = files.map(file => [cut(visible(file.path), width - 44), visible(file.problem ?? file.why)])
    const lines = [
      ...table([{ align: 'left' }, { align: 'left', fills: true }], rows, width - 2),
      '',
      ...facts(contents, width).map(([name, value]) => `${name.padEnd(10)}${value}`)
    ]
    const note = `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(counters.bytes)}`
    return [{ note, lines: lines.map(indent) }]
  }
}

function timeOf(time: Micros | undefined): string | null {
  return time === undefined ? null : isoTime(time)
}

function facts({ counters, where, from, to, metrics }: ReportContents, width: number): [string, string][] {
  const [read, parsed, rejected, late] = [
    counters.read,
    counters.parsed,
    counters.rejected,
    counters.late
  ].map(formatCount)
  const totals = metrics.filter(({ metric }) => readAs(metric) === 'total' && metric.headline)
  return [
    ['Lines', `${read} read = ${parsed} parsed + ${rejected} rejected + ${late} late`],
    ...(where === undefined ? [] : [['Where', cut(visible(where), width - 12)] as [string, string]]),
    ...(from === undefined || to === undefined
      ? []
      : [
          ['Period', `${clock(from)} to ${clock(to)} UTC (${formatSpan(toMillis(to - from))})`] as [
            string,
            string
          ]
        ]),
    ...totals.map((total): [string, string] => [total.metric.label, totalText(total, metrics)])
  ]
}

/** A total with its sum, and the share of each class that has a label among what is part of it. */
function totalText({ metric, count, sum }: MetricReading, all: readonly MetricReading[]): string {
  const shares = all
    .filter(part => part.metric.shareOf === metric.name)
    .flatMap(({ metric: { classes }, classes: counts = {}, whole }) =>
      (classes?.all ?? [])
        .filter(({ label }) => label !== undefined)
        .map(({ name }) => `${name} ${formatShare(counts[name] ?? 0, whole)}`)
    )
  return [formatCount(count), ...(metric.measure.length > 0 ? [formatBytes(sum)] : []), ...shares].join(' · ')
}
