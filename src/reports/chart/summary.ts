import { counted } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import type { BlockSeries, ChartBlock } from '../block.ts'
import { valueWriter, type WriteValue } from '../value.ts'
import { totalsOf } from './svg.ts'

/** How many marks a summary names. */
const MAX_MARKS = 5

/**
 * What a chart says, in sentences for those who do not see it: what its series come to, when they were highest, what is unknown,
 * and what happened. Made harmless; the clocks are those of a zone (IANA name).
 */
export function chartSummary(chart: ChartBlock, zone: string): string {
  const write = valueWriter(zone)
  const { series, marks, time, title, whole } = chart
  const stack = series.filter(({ line }) => !line)
  const [first] = stack
  const parts = [
    ...(first && stack.length > 1
      ? [seriesText({ ...first, label: whole ?? 'all', values: totalsOf(stack) }, chart, write)]
      : []),
    ...series.map(one => seriesText(one, chart, write))
  ]
  const unknown = time.filter((_, i) => series.every(({ values }) => values[i] === undefined)).length
  const named = marks.slice(0, MAX_MARKS).map(({ from, to, label }) => {
    const until = to === undefined ? '' : ` to ${write(to, 'time')}`
    return `${printable(label, 80)} (${write(from, 'time')}${until})`
  })
  const rest = marks.length - named.length
  return [
    `${printable(title, 80)}.`,
    ...parts,
    ...(unknown > 0 ? [`Of ${unknown} of ${counted(time.length, 'bar')} nothing is known.`] : []),
    ...(named.length > 0 ? [`Marked: ${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`] : [])
  ].join(' ')
}

/** `requests: 12,345, most at 2026-01-31 14:00:00 (1,204).` What cannot be added up has its highest value alone. */
function seriesText({ label, unit, values }: BlockSeries, { time }: ChartBlock, write: WriteValue): string {
  const known = values.flatMap((value, i) => (value === undefined ? [] : [{ value, at: time[i] ?? 0 }]))
  const name = printable(label, 60)
  if (known.length === 0) return `${name}: unknown.`
  const most = known.reduce((most, one) => (one.value > most.value ? one : most))
  const when = write(most.at, 'time')
  if (unit !== 'count' && unit !== 'bytes') return `${name}: highest at ${when} (${write(most.value, unit)}).`
  const sum = known.reduce((sum, { value }) => sum + value, 0)
  const peak = most.value > 0 ? `, most at ${when} (${write(most.value, unit)})` : ''
  return `${name}: ${write(sum, unit)}${peak}.`
}
