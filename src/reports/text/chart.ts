import { clockIn } from '../../core/steps.ts'
import { MINUTE, toMicros, type Micros } from '../../core/time.ts'
import { visible } from '../../core/visible.ts'
import type { BlockSeries, ChartBlock, ValueUnit } from '../block.ts'
import { bar, indent, numberColumns, table, widthOf, wrapped } from '../layout.ts'
import { UNKNOWN, type WriteValue } from '../value.ts'

/** How many characters of a clock name a second, a minute, an hour, a day, a month, a year. */
const DIGITS = [19, 16, 13, 10, 7, 4] as const

const MAX_ROWS = 31

/** Values under the label of each row; `undefined` where nothing is known. */
type Row = readonly (number | undefined)[]

/** Numbers of a chart, in the finest unit of time that has at most MAX_ROWS rows, with a bar for the stack or the first line. */
export function chartLines(block: ChartBlock, width: number, write: WriteValue, zone: string): string[] {
  const labels = labelsOf(block, zone)
  const rows = [...new Set(labels)]
  const merges = rows.length < labels.length
  const columns = columnsOf(block, labels, merges)
  const [first] = columns
  if (!first) return []
  const heads = columns.map(({ head }) => visible(head))
  const texts = columns.map(({ values, unit }) => values.map(value => write(value, unit)))
  const taken = texts.reduce(
    (sum, column, i) => sum + 2 + Math.max(...[heads[i] ?? '', ...column].map(widthOf)),
    Math.max(...rows.map(widthOf)) + 2
  )
  const room = Math.max(4, width - 2 - taken)
  const most = Math.max(...first.values.map(value => value ?? 0))
  const lines = rows.map((label, i) => [
    label,
    bar(first.values[i] ?? 0, most, room),
    ...texts.map(column => column[i] ?? UNKNOWN)
  ])
  const [head = '', ...drawn] = table(
    [{ align: 'left' }, { align: 'left' }, ...numberColumns(columns.length)],
    [['', ' '.repeat(room), ...heads], ...lines],
    width - 2
  )
  return [
    head,
    ...withoutPauses(drawn, rows, first.values, first.head),
    ...markLines(block, width, write)
  ].map(indent)
}

/** So many rows without anything are told in one. */
const PAUSE = 3

/** The lines, those of a long time without anything as one. */
function withoutPauses(
  lines: readonly string[],
  labels: readonly string[],
  values: Row,
  what: string
): string[] {
  const shown: string[] = []
  for (let i = 0; i < lines.length; i++) {
    let end = i
    while (end < lines.length && values[end] === 0) end++
    if (end - i < PAUSE) shown.push(lines[i]!)
    else {
      shown.push(`${labels[i]} to ${labels[end - 1]}: no ${visible(what)}`)
      i = end - 1
    }
  }
  return shown
}

/** Each bucket's row: as exact as the buckets are, or coarser where these are too many. */
function labelsOf({ time }: ChartBlock, zone: string): string[] {
  const clocks = time.map(clockIn(zone))
  const exact = clocks.every(text => text.endsWith(' 00:00:00'))
    ? 10
    : clocks.every(text => text.endsWith(':00'))
      ? 16
      : 19
  const inDigits = (digits: number): string[] =>
    clocks.map(text => `${text.slice(0, digits)}${digits === 13 ? ':00' : ''}`)
  const digits = DIGITS.find(digits => digits <= exact && new Set(inDigits(digits)).size <= MAX_ROWS)
  return apart(inDigits(digits ?? 4), time, clocks)
}

/** Where clocks are set back, times that they show twice are told apart by their offset: `02:00 +01:00`. */
function apart(labels: readonly string[], time: readonly Micros[], clocks: readonly string[]): string[] {
  // Of days and more it does not matter.
  if (labels.every(label => label.length <= DAY_DIGITS)) return [...labels]
  const offsets = time.map((at, i) =>
    offsetText(toMicros(Date.parse(`${clocks[i]!.replace(' ', 'T')}Z`)) - at)
  )
  const known = new Map<string, string>()
  const twice = new Set<string>()
  labels.forEach((label, i) => {
    if ((known.get(label) ?? offsets[i]) !== offsets[i]) twice.add(label)
    known.set(label, offsets[i]!)
  })
  return labels.map((label, i) => (twice.has(label) ? `${label} ${offsets[i]}` : label))
}

const DAY_DIGITS = 10

/** `+05:30`. */
function offsetText(offset: Micros): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map(part => String(part).padStart(2, '0'))
  return `${offset < 0 ? '-' : '+'}${hours}:${rest}`
}

interface ChartColumn {
  readonly head: string
  readonly unit: ValueUnit
  readonly values: Row
}

/** The whole stack, of what is bad in it the shares, and the lines. */
function columnsOf({ series, whole }: ChartBlock, labels: readonly string[], merges: boolean): ChartColumn[] {
  const stack = series.filter(({ line }) => !line)
  const parts = stack.map(({ values }) => merged(labels, values, add))
  const totals = parts.reduce<Row>((sums, part) => part.map((value, i) => add(sums[i], value)), [])
  const shares = stack.flatMap(({ label, tone }, i) =>
    tone === 'warning' || tone === 'critical'
      ? [
          {
            head: label,
            unit: 'share' as const,
            values: (parts[i] ?? []).map((part, at) => shareOf(part, totals[at]))
          }
        ]
      : []
  )
  const [{ unit } = { unit: 'count' as const }] = stack
  return [
    ...(stack.length > 0 ? [{ head: whole ?? '', unit, values: totals }] : []),
    ...(stack.length > 1 ? shares : []),
    ...series.filter(({ line }) => line).map(one => lineColumn(one, labels, merges))
  ]
}

/** What cannot be added up is shown by its highest value. */
function lineColumn(
  { label, unit, values }: BlockSeries,
  labels: readonly string[],
  merges: boolean
): ChartColumn {
  const adds = unit === 'count' || unit === 'bytes'
  return {
    head: merges && !adds ? `highest ${label}` : label,
    unit,
    values: merged(labels, values, adds ? add : higher)
  }
}

/** Values under equal labels as one, in the order of the labels. */
function merged(
  labels: readonly string[],
  values: Row,
  merge: (a: number | undefined, b: number | undefined) => number | undefined
): Row {
  const all = new Map<string, number | undefined>()
  labels.forEach((label, i) => all.set(label, merge(all.get(label), values[i])))
  return [...all.values()]
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : a + b
}

function higher(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b)
}

function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || !whole ? undefined : part / whole
}

/** What happened, as far as marks tell. */
function markLines({ marks }: ChartBlock, width: number, write: WriteValue): string[] {
  const when = (from: Micros, to?: Micros): string =>
    to === undefined ? write(from, 'time') : `${write(from, 'time')} to ${write(to, 'time')}`
  return marks.flatMap(({ from, to, label }) =>
    wrapped(`${when(from, to)}: ${write(label, 'text')}`, width - 4).map(
      (line, i) => `${i === 0 ? '▾' : ' '} ${line}`
    )
  )
}
