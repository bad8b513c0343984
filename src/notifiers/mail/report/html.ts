import { formatCount } from '../../../core/units.ts'
import { printable } from '../../../core/visible.ts'
import type {
  Block,
  BlockColumn,
  BlockRow,
  ChartBlock,
  Compared,
  Figure,
  FiguresBlock,
  ReportDocument,
  TableBlock,
  Value
} from '../../../reports/block.ts'
import { chartSummary, markTime } from '../../../reports/chart/summary.ts'
import { numberedMarks } from '../../../reports/chart/svg.ts'
import {
  changeText,
  fillingColumn,
  isNumeric,
  othersText,
  valueWriter,
  type WriteValue
} from '../../../reports/value.ts'
import { REPORT_TONES } from '../../message/report.ts'
import type { MailPart } from '../html.ts'
import type { Paint } from '../style.ts'
import { CHART_COLORS, chartSize } from './chart.ts'

/** Characters of a cell, and of a line. */
const [MAX_CELL, MAX_LINE] = [100, 300]

/** Texts of at most so many characters stand in one line. */
const SHORT = 24

/** How a mail writes the values of a document. */
interface Writing {
  readonly zone: string
  readonly write: WriteValue
  /** The group of the block before. */
  readonly before: string | undefined
  /** The address of a chart's image. */
  readonly source: (chart: ChartBlock) => string
}

/** A document's facts and blocks as parts of a mail; `source` is the address of a chart's image. */
export function blockParts({ blocks, facts, period }: ReportDocument, source: Writing['source']): MailPart[] {
  const zone = period?.zone ?? 'UTC'
  const write = shortened(valueWriter(zone))
  return [
    ['about', { facts: facts.map(({ name, text }) => ({ name: line(name), text: line(text) })) }],
    ...byGroup(blocks).map((block, i, all): MailPart => {
      const before = all[i - 1]?.group
      return [block.type, partOf(block, { zone, write, before, source })]
    })
  ]
}

/** The blocks of a group together, where the first of them is; one without a group is where it was. */
function byGroup(blocks: readonly Block[]): Block[] {
  const groups = Map.groupBy(blocks, ({ group }) => group)
  return blocks.flatMap(block =>
    block.group === undefined ? block : groups.get(block.group)?.[0] === block ? groups.get(block.group)! : []
  )
}

function shortened(write: WriteValue): WriteValue {
  return (value, unit) => write(typeof value === 'string' ? printable(value, MAX_CELL) : value, unit)
}

function line(text: string): string {
  return printable(text, MAX_LINE)
}

function partOf(block: Block, writing: Writing): object {
  const { title, note, group } = block
  const head = {
    title: line(title),
    note: note === undefined ? '' : line(note),
    group: group === undefined || group === writing.before ? '' : line(group)
  }
  switch (block.type) {
    case 'figures':
      return { ...head, figures: figuresOf(block, writing.write), unknown: unknownOf(block) }
    case 'table':
      return { ...head, ...tableOf(block, writing.write) }
    case 'chart':
      return { ...head, ...chartOf(block, writing) }
    case 'samples':
      return {
        ...head,
        samples: block.samples.map(({ text, about }) => ({ text: line(text), about: line(about) })),
        more: moreText(block.more)
      }
    default:
      return { ...head, sentences: block.sentences.map(line), look: textPaint(block.tone) }
  }
}

function textPaint(tone: Figure['tone']): Paint {
  return tone === undefined || tone === 'other' ? 'ink' : `text-${REPORT_TONES[tone]}`
}

function figuresOf({ figures }: FiguresBlock, write: WriteValue): object[] {
  return figures.filter(isKnown).map(figure => {
    const { label, value, unit, note, tone, compared = [] } = figure
    return {
      label: line(label),
      value: write(value, unit),
      paint: textPaint(tone),
      note: note === undefined ? '' : line(note),
      changes: compared.flatMap(then => changeOf(figure, then) ?? [])
    }
  })
}

function isKnown({ value }: Figure): boolean {
  return value !== undefined
}

/** The figures that are unknown by why they are: `not in this format`, `Duration p50, Duration p95`. */
function unknownOf({ figures }: FiguresBlock): object[] {
  const unknown = figures.filter(figure => !isKnown(figure))
  const byReason = Map.groupBy(unknown, ({ missing = 'unknown' }) => missing)
  return Array.from(byReason, ([why, all]) => ({
    why: line(why),
    labels: line(all.map(({ label }) => label).join(', '))
  }))
}

/** `+12.5 %` `on the day before`; nothing where that was unknown. */
function changeOf({ value, unit }: Figure, { label, value: then, more }: Compared): object | undefined {
  const text = changeText(value, then, unit)
  if (text === undefined) return undefined
  const grew = Number(value) - Number(then)
  const good = grew === 0 || more === undefined ? undefined : grew > 0 === (more === 'good')
  const paint: Paint = good === undefined ? 'soft' : good ? 'text-good' : 'text-critical'
  return { text, of: `on ${line(label)}`, paint }
}

function tableOf(block: TableBlock, write: WriteValue): object {
  const { title, columns, rows, more = 0, rest } = block
  const largest = columns.map((_, i) => Math.max(0, ...rows.map(({ cells }) => numberOf(cells[i]))))
  const others = rest === undefined ? [] : [{ cells: withName(block) }]
  const [kinds, named] = [kindsOf(block), nameOf(columns)]
  const wide = wideOf(block)
  return {
    columns: columns.map(({ label, unit }, i) => ({
      // A title says it already.
      label: label === title ? '' : line(label),
      kind: isNumeric(unit) && i !== named ? '' : i === wide ? 'align="left" width="100%"' : 'align="left"'
    })),
    rows: [
      ...rows.map(row => rowOf(row, columns, largest, kinds, write)),
      // All others together are no bar beside single ones.
      ...others.map(row => rowOf(row, columns, [], kinds, write))
    ],
    more: rest === undefined && more > 0 ? othersText(block) : ''
  }
}

/** What cells are like besides standing on the right: attributes. On a small screen what is `short` may be broken all the same. */
function kindsOf(block: TableBlock): string[] {
  const named = nameOf(block.columns)
  return block.columns.map(({ unit }, i) => {
    if (unit === 'time' || unit === 'day') return `${i === named ? 'align="left" ' : ''}class="short" nowrap`
    if (isNumeric(unit)) return ''
    if (unit === 'log') return 'align="left" class="log"'
    return `align="left" ${hasShortTexts(block, i) ? 'class="short" nowrap' : 'class="long"'}`
  })
}

/** The column that takes all the width that the others leave, where these need little; -1 where they need more. */
function wideOf(block: TableBlock): number {
  const { columns } = block
  const wide = Math.max(0, fillingColumn(columns))
  const others = columns.every(({ unit }, i) => i === wide || isNumeric(unit) || hasShortTexts(block, i))
  return others ? wide : -1
}

function hasShortTexts({ rows }: TableBlock, column: number): boolean {
  return rows.every(({ cells }) => String(cells[column] ?? '').length <= SHORT)
}

/** A row of what the others come to has a name where theirs stand. */
function withName(block: TableBlock): Value[] {
  const { rest = [], columns } = block
  const named = nameOf(columns)
  return columns.map((_, i) => (i === named ? othersText(block) : rest[i]))
}

function rowOf(
  { cells, tone }: BlockRow,
  columns: readonly BlockColumn[],
  largest: readonly number[],
  kinds: readonly string[],
  write: WriteValue
): object {
  const bars = columns.flatMap(({ bar }, i) =>
    bar && (largest[i] ?? 0) > 0 ? [Math.round((100 * numberOf(cells[i])) / (largest[i] ?? 1))] : []
  )
  const named = nameOf(columns)
  return {
    paint: tone === undefined || tone === 'other' ? '' : textPaint(tone),
    cells: columns.map(({ unit }, i) => ({
      text: write(cells[i], unit),
      kind: kinds[i] ?? '',
      part: i === named ? (bars[0] ?? 0) : 0
    }))
  }
}

/** The column that names a row: the first of texts, else the first. */
function nameOf(columns: readonly BlockColumn[]): number {
  return Math.max(
    0,
    columns.findIndex(({ unit }) => !isNumeric(unit))
  )
}

function numberOf(value: Value): number {
  return typeof value === 'number' ? value : 0
}

function chartOf(block: ChartBlock, { zone, write, source }: Writing): object {
  return {
    source: source(block),
    ...chartSize(block),
    summary: chartSummary(block, zone),
    legend: block.series.map(one => ({
      label: line(one.label),
      color: CHART_COLORS[one.tone],
      sign: one.line ? '━' : '■'
    })),
    marks: numberedMarks(block).map(mark => ({
      number: mark.number ?? '',
      when: markTime(mark, write),
      label: line(mark.label),
      paint: textPaint(mark.tone)
    }))
  }
}

function moreText(more = 0): string {
  return more > 0 ? `and ${formatCount(more)} more` : ''
}
