import { counted, formatCount } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import type { BlockSeries, ChartBlock, TimeMark } from '../block.ts'
import { spanOfTimes, valueWriter, type WriteValue } from '../value.ts'
import { numberedMarks, totalsOf } from './svg.ts'

/** How many marks a summary names. */
const MAX_MARKS = 5

/**
 * What a chart says, in sentences for those who do not see it: what its series come to, when they were highest, what is unknown,
 * and what happened. Made harmless; the clocks are those of a zone (IANA name).
 */
export function chartSummary(chart: ChartBlock, zone: string): string {
  const write = valueWriter(zone)
  const { series, time, title, whole } = chart
  const stack = series.filter(({ line }) => !line)
  const [first] = stack
  const parts = [
    ...(first && stack.length > 1
      ? [seriesText({ ...first, label: whole ?? 'all', values: totalsOf(stack) }, chart, write)]
      : []),
    ...series.map(one => seriesText(one, chart, write))
  ]
  const unknown = time.filter((_, i) => series.every(({ values }) => values[i] === undefined)).length
  const named = numberedMarks(chart)
    .slice(0, MAX_MARKS)
    .map(mark => `${printable(mark.label, 80)} (${markTime(mark, write)})`)
  const rest = chart.marks.length - named.length
  return [
    `${printable(title, 80)}.`,
    ...parts,
    ...(unknown > 0 ? [`${formatCount(unknown)} of ${counted(time.length, 'bar')} unknown.`] : []),
    ...(named.length > 0 ? [`Marked: ${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`] : [])
  ].join(' ')
}

/** `2026-01-31 14:03 to 15:41`: when a mark was, without what goes without saying. */
export function markTime({ from, to }: TimeMark, write: WriteValue): string {
  const [begin, end] = [from, to].map(at => (at === undefined ? '' : shortTime(write(at, 'time'))))
  return begin && end ? spanOfTimes(begin, end) : (begin ?? '')
}

/** A time without its seconds where these are none. */
function shortTime(text: string): string {
  return text.replace(/:00$/, '')
}

/** `requests: 12,345, most at 2026-01-31 14:00:00 (1,204).` What cannot be added up has its highest value alone. */
function seriesText({ label, unit, values }: BlockSeries, { time }: ChartBlock, write: WriteValue): string {
  const known = values.flatMap((value, i) => (value === undefined ? [] : [{ value, at: time[i] ?? 0 }]))
  const name = printable(label, 60)
  if (known.length === 0) return `${name}: unknown.`
  const most = known.reduce((most, one) => (one.value > most.value ? one : most))
  const when = shortTime(write(most.at, 'time'))
  if (unit !== 'count' && unit !== 'bytes') return `${name}: highest at ${when} (${write(most.value, unit)}).`
  const sum = known.reduce((sum, { value }) => sum + value, 0)
  const peak = most.value > 0 ? `, most at ${when} (${write(most.value, unit)})` : ''
  return `${name}: ${write(sum, unit)}${peak}.`
}
