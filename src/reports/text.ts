import type { Metric } from '../core/metric.ts'
import { bar, cut, table, widthOf, type Column } from './layout.ts'
import type { Report } from './schema.ts'
import { timelineRows, type Row } from './text-timeline.ts'
import { formatBytes, formatCount, formatSeconds, formatShare, formatSpan } from '../core/units.ts'
import { visible } from '../core/visible.ts'

type Reading = Report['metrics'][string]

/** The report as plain text, `width` (72 or more) columns wide; log text is made harmless. */
export function renderText(report: Report, metrics: readonly Metric[], width = 80): string {
  const parts = [
    heading(report, width),
    timelinePart(report, width),
    ...metrics.flatMap(metric => panel(metric, report, width)),
    ...report.files.map(file => rejectedPart(file, width))
  ]
  return `${parts
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

/** A title with a rule up to the note at the line's end. */
function rule(title: string, note: string, width: number): string {
  const dashes = width - widthOf(title) - widthOf(note) - 2
  return `${title} ${'─'.repeat(Math.max(2, dashes))} ${note}`
}

function heading(report: Report, width: number): string[] {
  const { lines, bytes, period, files, where } = report
  const { read, parsed, rejected, late } = lines
  const rows = files.map(file => [cut(visible(file.path), width - 44), visible(file.problem ?? file.why)])
  return [
    rule(
      'Visor report',
      `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`,
      width
    ),
    ...table([{ align: 'left' }, { align: 'left', fills: true }], rows, width - 2).map(indent),
    '',
    ...facts([
      [
        'Lines',
        `${formatCount(read)} read = ${formatCount(parsed)} parsed + ${formatCount(rejected)} rejected + ${formatCount(late)} late`
      ],
      ['Where', where === undefined ? undefined : cut(visible(where), width - 12)],
      ['Period', periodText(period)],
      ['Requests', requestsText(report)]
    ])
  ]
}

function facts(rows: readonly [string, string | undefined][]): string[] {
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)}${value}`]))
}

function indent(line: string): string {
  return `  ${line}`
}

function periodText({ from, to }: Report['period']): string | undefined {
  if (from === null || to === null) return undefined
  return `${clock(from)} to ${clock(to)} UTC (${formatSpan(Date.parse(to) - Date.parse(from))})`
}

function clock(time: string): string {
  return time.slice(0, 19).replace('T', ' ')
}

function requestsText({ timeline, metrics }: Report): string | undefined {
  const requests = metrics['requests']
  if (!requests) return undefined
  const shares = (['4xx', '5xx'] as const).map(name => {
    const failed = timeline.reduce((sum, { classes }) => sum + classes[name], 0)
    return `${name} ${formatShare(failed, requests.count)}`
  })
  return [formatCount(requests.count), formatBytes(requests.sum), ...shares].join(' · ')
}

function timelinePart({ timeline }: Report, width: number): string[] {
  if (timeline.length === 0) return []
  const { unit, rows } = timelineRows(timeline)
  const [requests, errors] = [rows.some(row => row.requests > 0), rows.some(row => row.error_lines > 0)]
  const size = (row: Row): number => (requests ? row.requests : row.error_lines)
  const most = Math.max(...rows.map(size))
  const shown = FIGURES.filter(({ of }) => (of === 'requests' ? requests : errors))
  const head = ['', '', ...shown.map(figure => figure.head)]
  const cells = rows.map(row => [
    row.label,
    bar(size(row), most, requests ? 18 : 40),
    ...shown.map(({ text }) => text(row))
  ])
  const columns: Column[] = [{ align: 'left' }, { align: 'left', fills: true }, ...right(shown.length)]
  const title = `${requests ? 'Requests' : 'Error-log lines'} by ${unit}`
  return [rule(title, 'UTC', width), ...table(columns, [head, ...cells], width - 2).map(indent)]
}

/** The figures beside a bar of the timeline, where there are requests or error-log lines to tell of. */
const FIGURES: readonly { head: string; of: 'requests' | 'errors'; text: (row: Row) => string }[] = [
  { head: 'requests', of: 'requests', text: row => formatCount(row.requests) },
  { head: 'bytes', of: 'requests', text: row => formatBytes(row.bytes) },
  { head: '4xx', of: 'requests', text: row => formatShare(row.classes['4xx'], row.requests) },
  { head: '5xx', of: 'requests', text: row => formatShare(row.classes['5xx'], row.requests) },
  { head: 'errors', of: 'errors', text: row => formatCount(row.error_lines) }
]

function right(count: number): Column[] {
  return Array.from({ length: count }, () => ({ align: 'right' }))
}

function panel(metric: Metric, report: Report, width: number): string[][] {
  const percentiles = report.percentiles[metric.name]
  if (percentiles) {
    const { count, mean, p50, p90, p95, p99 } = percentiles
    const named = Object.entries({ mean, p50, p90, p95, p99 })
    const line = named.map(([name, value]) => `${name} ${formatSeconds(value)}`).join(' · ')
    return [[rule(metric.title, `${formatCount(count)} lines`, width), indent(line)]]
  }
  const reading = report.metrics[metric.name]
  return reading && metric.key !== null ? [readingPart(metric, reading, width)] : []
}

function readingPart({ title, measure }: Metric, reading: Reading, width: number): string[] {
  const { count, sum, distinct, top, other } = reading
  const measured = measure !== null && sum > 0
  const most = top[0]?.count ?? 0
  const row = (key: string, tally: { count: number; sum: number }, share: string): string[] => [
    key,
    formatCount(tally.count),
    formatShare(tally.count, count),
    share,
    ...(measured ? [formatBytes(tally.sum)] : [])
  ]
  const rows = top.map(entry => row(visible(entry.key) || '(empty)', entry, bar(entry.count, most, 12)))
  if (other.count > 0) rows.push(row(`… ${formatCount(other.distinct)} others`, other, ''))
  const columns: Column[] = [
    { align: 'left', fills: true },
    ...right(2),
    { align: 'left' },
    ...right(measured ? 1 : 0)
  ]
  const lines = table(columns, rows, width - 2).flatMap((line, i) => [indent(line), ...seen(top[i])])
  return [rule(title, `${formatCount(distinct)} distinct`, width), ...lines]
}

/** When a key was first and last seen, where that is told. */
function seen(entry: Reading['top'][number] | undefined): string[] {
  const { first, last } = entry ?? {}
  return first === undefined || last === undefined ? [] : [`    first ${clock(first)}, last ${clock(last)}`]
}

function rejectedPart({ path, rejected, lines }: Report['files'][number], width: number): string[] {
  if (lines.rejected === 0) return []
  const note = `${formatCount(lines.rejected)} of ${formatCount(lines.read)} lines`
  const rows = rejected.flatMap(({ line, reason, text }) => [
    `line ${line}, ${visible(reason)}`,
    `  ${visible(text)}`
  ])
  const more = lines.rejected - rejected.length
  return [
    rule(`Rejected in ${cut(visible(path), Math.floor(width / 2))}`, note, width),
    ...rows.map(row => indent(cut(row, width - 2))),
    ...(more > 0 ? [indent(`… and ${formatCount(more)} more`)] : [])
  ]
}
