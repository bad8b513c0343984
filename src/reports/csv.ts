import { toMillis, type Micros } from '../core/time.ts'
import { isoTime } from '../core/units.ts'
import { visible } from '../core/visible.ts'
import { zoneOffsets } from '../core/zone.ts'
import type { Block, Figure, ReportDocument, TableBlock, Value, ValueUnit } from './block.ts'
import { othersText } from './value.ts'

/** One value of the report: of which block, in which row of it, under which head. */
interface Entry {
  /** From 1; `rest` for what is not listed, together. Absent where there are no rows. */
  readonly row?: number | 'rest'
  /** What the row is about. */
  readonly key: Value
  readonly keyUnit: ValueUnit
  readonly column: string
  readonly unit: ValueUnit
  readonly value: Value
}

const HEAD = ['block', 'title', 'row', 'key', 'column', 'unit', 'value']

/**
 * A report as one table, a row for each value (RFC 4180, UTF-8, a head; `docs/reports.md` describes the columns). Numbers are
 * plain, times in ISO 8601, what is unknown is empty. All texts are in quotes, and none is a formula to a spreadsheet.
 */
export function reportCsv({ subject, verdict, facts, blocks, period, link }: ReportDocument): string {
  const said = [
    { name: 'subject', text: subject },
    { name: 'verdict', text: verdict.sentence },
    ...facts,
    ...(link === undefined ? [] : [{ name: 'page', text: link }])
  ]
  const write = cellWriter(period?.zone ?? 'UTC')
  const rows = [
    ...said.map(({ name, text }) => rowOf('report', 'Report', textEntry(name, 'text', text), write)),
    ...blocks.flatMap(block => entriesOf(block).map(entry => rowOf(block.name, block.title, entry, write)))
  ]
  return [HEAD.map(quoted), ...rows].map(cells => `${cells.join(',')}\r\n`).join('')
}

type WriteCell = (value: Value, unit: ValueUnit) => string

function rowOf(block: string, title: string, entry: Entry, write: WriteCell): string[] {
  const { row = '', key, keyUnit, column, unit, value } = entry
  return [
    quoted(block),
    quoted(title),
    typeof row === 'number' ? String(row) : quoted(row),
    write(key, keyUnit),
    quoted(column),
    quoted(unit),
    write(value, unit)
  ]
}

function textEntry(key: string, column: string, value: string, row?: number): Entry {
  return { ...(row !== undefined && { row }), key, keyUnit: 'text', column, unit: 'text', value }
}

function entriesOf(block: Block): Entry[] {
  switch (block.type) {
    case 'figures':
      return block.figures.flatMap(figureEntries)
    case 'table':
      return tableEntries(block)
    case 'chart':
      return [
        ...block.series.flatMap(({ label, unit, values }) =>
          block.time.map((time, i): Entry => ({
            row: i + 1,
            key: time,
            keyUnit: 'time',
            column: label,
            unit,
            value: values[i]
          }))
        ),
        ...block.marks.flatMap(({ from, to, label }): Entry[] => [
          { key: from, keyUnit: 'time', column: 'mark', unit: 'text', value: label },
          ...(to === undefined
            ? []
            : [{ key: from, keyUnit: 'time', column: 'mark until', unit: 'time', value: to } as const])
        ])
      ]
    case 'samples':
      return block.samples.map(({ about, text }, i) => ({
        ...textEntry(about, 'line', text, i + 1),
        unit: 'log'
      }))
    default:
      return block.sentences.map((sentence, i) => textEntry('', 'sentence', sentence, i + 1))
  }
}

function figureEntries({ label, unit, value, missing, note, compared = [] }: Figure): Entry[] {
  const about = { key: label, keyUnit: 'text' } as const
  return [
    { ...about, column: 'value', unit, value },
    ...compared.map((one): Entry => ({ ...about, column: one.label, unit, value: one.value })),
    ...(missing === undefined ? [] : [textEntry(label, 'missing', missing)]),
    ...(note === undefined ? [] : [textEntry(label, 'note', note)])
  ]
}

function tableEntries(block: TableBlock): Entry[] {
  const { columns, rows, more = 0, rest } = block
  const [first, ...others] = columns
  if (!first) return []
  const entries = (row: number | 'rest', [key, ...cells]: readonly Value[]): Entry[] =>
    others.map(({ label, unit }, i) => ({
      row,
      key,
      keyUnit: first.unit,
      column: label,
      unit,
      value: cells[i]
    }))
  const listed = rows.flatMap(({ cells }, i) =>
    others.length > 0
      ? entries(i + 1, cells)
      : [
          {
            row: i + 1,
            key: '',
            keyUnit: 'text' as const,
            column: first.label,
            unit: first.unit,
            value: cells[0]
          }
        ]
  )
  const together: readonly Value[] = [othersText(block), ...(rest ?? []).slice(1)]
  return more > 0 ? [...listed, ...entries('rest', together)] : listed
}

function cellWriter(zone: string): WriteCell {
  const offsetOf = zoneOffsets(zone)
  const timeText = (time: Micros): string => isoTime(time, offsetOf(toMillis(time)))
  return (value, unit) => {
    if (value === undefined) return ''
    if (typeof value === 'string') return quoted(value)
    if (unit === 'time') return timeText(value)
    // Twelve digits: what a sum of fractions has beyond these is noise.
    return unit === 'day' ? timeText(value).slice(0, 10) : String(Number(value.toPrecision(12)))
  }
}

/** Where a spreadsheet would begin a formula: also behind what it may take for the end of a cell or for a quote. */
const FORMULA = /(?<=^|[,;|"'])[=+\-@＝＋－＠]/gu

/**
 * A text as a cell: characters that cannot be seen as escapes, an apostrophe before what would be a formula (OWASP, CSV
 * injection), and quotes around all.
 */
function quoted(text: string): string {
  return `"${visible(text).replace(FORMULA, "'$&").replaceAll('"', '""')}"`
}
