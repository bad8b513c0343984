import type { Metric } from '../core/metric.ts'
import { bar, cut, table, widthOf, type Column } from './layout.ts'
import type { Report } from './schema.ts'
import { timelineRows } from './text-timeline.ts'
import { formatBytes, formatCount, formatSeconds, formatShare, formatSpan } from './units.ts'
import { visible } from './visible.ts'

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
  const { lines, bytes, period, files } = report
  const { read, parsed, rejected, late } = lines
  const rows = files.map(file => [cut(visible(file.path), Math.floor(width / 2)), visible(file.why)])
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
  const most = Math.max(...rows.map(row => row.requests))
  const columns: Column[] = [{ align: 'left' }, { align: 'left' }, ...right(4)]
  const cells = rows.map(({ label, requests, bytes, classes }) => [
    label,
    bar(requests, most, Math.max(8, width - 59)),
    formatCount(requests),
    formatBytes(bytes),
    formatShare(classes['4xx'], requests),
    formatShare(classes['5xx'], requests)
  ])
  const head = ['', '', 'requests', 'bytes', '4xx', '5xx']
  return [
    rule(`Requests by ${unit}`, 'UTC', width),
    ...table(columns, [head, ...cells], width - 2).map(indent)
  ]
}

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
  const { count, distinct, top, other } = reading
  const most = top[0]?.count ?? 0
  const row = (key: string, tally: { count: number; sum: number }, share: string): string[] => [
    key,
    formatCount(tally.count),
    formatShare(tally.count, count),
    share,
    ...(measure === null ? [] : [formatBytes(tally.sum)])
  ]
  const rows = top.map(entry => row(visible(entry.key) || '(empty)', entry, bar(entry.count, most, 12)))
  if (other.count > 0) rows.push(row(`… ${formatCount(other.distinct)} others`, other, ''))
  const columns: Column[] = [
    { align: 'left', fills: true },
    ...right(2),
    { align: 'left' },
    ...right(measure === null ? 0 : 1)
  ]
  return [
    rule(title, `${formatCount(distinct)} distinct`, width),
    ...table(columns, rows, width - 2).map(indent)
  ]
}

function rejectedPart({ path, rejected, lines }: Report['files'][number], width: number): string[] {
  if (lines.rejected === 0) return []
  const note = `${formatCount(lines.rejected)} of ${formatCount(lines.read)} lines`
  const rows = rejected.flatMap(({ line, column, reason, text }) => [
    `line ${line}, column ${column}: ${visible(reason)}`,
    `  ${visible(text)}`
  ])
  const more = lines.rejected - rejected.length
  return [
    rule(`Rejected in ${cut(visible(path), Math.floor(width / 2))}`, note, width),
    ...rows.map(row => indent(cut(row, width - 2))),
    ...(more > 0 ? [indent(`… and ${formatCount(more)} more`)] : [])
  ]
}
