import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import type { Block, FiguresBlock, Figure, ParagraphBlock, ReportDocument, SamplesBlock } from '../block.ts'
import { cut, indent, left, right, table, widthOf, wrapped } from '../layout.ts'
import { changeText, valueWriter, type WriteValue } from '../value.ts'
import { chartLines } from './chart.ts'
import { tableLines } from './table.ts'

/** A report as plain text, `width` (72 or more) columns wide; all texts are made harmless. */
export function reportText(report: ReportDocument, width = 80): string {
  const { blocks, period } = report
  const zone = period?.zone ?? 'UTC'
  const write = valueWriter(zone)
  const drawn = blocks.map(block => [
    ...ruled(block.title, block.note ?? (block.type === 'chart' ? zone : ''), width),
    ...linesOf(block, width, write, zone)
  ])
  return `${[headLines(report, width), ...drawn].map(lines => lines.join('\n')).join('\n\n')}\n`
}

/** The least that a rule is long. */
const LEAST_RULE = 3

/** So wide are the heads of other periods at least. */
const LEAST_HEAD = 14

/** What the name of a fact takes at most. */
const MAX_NAME = 24

/** A title with a rule up to the note at the line's end; a note that there is no room for stands below. */
function ruled(title: string, note: string, width: number): string[] {
  const lines = wrapped(visible(title), width - LEAST_RULE - 1)
  const last = lines.pop() ?? ''
  const dashes = width - widthOf(last) - 1
  const beside = note === '' ? '' : ` ${visible(note)}`
  const rest = dashes - widthOf(beside)
  if (rest >= LEAST_RULE) return [...lines, `${last} ${'─'.repeat(rest)}${beside}`]
  return [...lines, `${last} ${'─'.repeat(dashes)}`, ...wrapped(visible(note), width - 2).map(indent)]
}

function headLines({ subject, verdict, facts, link }: ReportDocument, width: number): string[] {
  const margin =
    Math.max(...[...facts, { name: 'Page' }].map(({ name }) => Math.min(MAX_NAME, widthOf(name)))) + 2
  return [
    ...ruled(subject, '', width),
    ...wrapped(visible(verdict.sentence), width - 2).map(indent),
    '',
    ...facts.flatMap(({ name, text }) =>
      wrapped(visible(text), width - 2 - margin).map((line, i) =>
        indent(`${left(i === 0 ? visible(name) : '', margin)}${line}`)
      )
    ),
    ...(link === undefined ? [] : addressLines('Page', visible(link), margin, width))
  ]
}

/** An address is of use as a whole: one that there is no room for has a line of its own, however long that is. */
function addressLines(name: string, address: string, margin: number, width: number): string[] {
  const beside = indent(`${name.padEnd(margin)}${address}`)
  return widthOf(beside) <= width ? [beside] : [indent(name), indent(address)]
}

function linesOf(block: Block, width: number, write: WriteValue, zone: string): string[] {
  switch (block.type) {
    case 'figures':
      return figureLines(block, width, write)
    case 'table':
      return tableLines(block, width, write)
    case 'chart':
      return chartLines(block, width, write, zone)
    case 'samples':
      return sampleLines(block, width)
    default:
      return sentenceLines(block, width)
  }
}

/** A line for each figure: its value, then those of other periods with the change since; its note below. */
function figureLines({ figures }: FiguresBlock, width: number, write: WriteValue): string[] {
  const others = [...new Set(figures.flatMap(({ compared = [] }) => compared.map(({ label }) => label)))]
  const columns = others.map(label => comparedColumn(figures, label, write))
  const heads = others.map((label, i) => wrapped(label, Math.max(LEAST_HEAD, widthOf(columns[i]?.[0] ?? ''))))
  const deep = Math.max(0, ...heads.map(({ length }) => length))
  const headRows = Array.from({ length: deep }, (_, line) => [
    '',
    '',
    // They end where their columns begin.
    ...heads.map(lines => lines[line - deep + lines.length] ?? '')
  ])
  const rows = figures.map((figure, i) => [
    visible(figure.label),
    write(figure.value, figure.unit),
    ...columns.map(cells => cells[i] ?? '')
  ])
  const aligned = ['', '', ...others].map((_, i) => ({ align: i === 0 ? 'left' : 'right' }) as const)
  const lines = table(aligned, [...headRows, ...rows], width - 2)
  return [
    ...lines.slice(0, deep),
    ...lines.slice(deep).flatMap((line, i) => withRemark(line, figures[i]!, width))
  ].map(indent)
}

/** The values of another period and how they have changed since, all of one width. */
function comparedColumn(figures: readonly Figure[], label: string, write: WriteValue): string[] {
  const cells = figures.map(({ compared = [], unit, value }) => {
    const other = compared.find(one => one.label === label)
    return other ? [write(other.value, unit), changeText(value, other.value, unit) ?? ''] : ['', '']
  })
  const widths = [0, 1].map(side => Math.max(...cells.map(cell => widthOf(cell[side] ?? ''))))
  return cells.map(cell => cell.map((text, side) => right(text, widths[side] ?? 0)).join('  '))
}

/** Why a value is unknown and what explains it stand beside it where there is room, else below. */
function withRemark(line: string, { missing, note }: Figure, width: number): string[] {
  const remark = visible([missing, note].filter(text => text !== undefined).join('; '))
  if (remark === '') return [line]
  const beside = `${line}  ${remark}`
  if (widthOf(beside) <= width - 2) return [beside]
  return [line, ...wrapped(remark, width - 6).map(text => `  ${text}`)]
}

function sampleLines({ samples, more = 0 }: SamplesBlock, width: number): string[] {
  return [
    ...samples.flatMap(({ text, about }) => [visible(about), `  ${visible(text)}`]),
    ...(more > 0 ? [`… and ${formatCount(more)} more`] : [])
  ].map(line => indent(cut(line, width - 2)))
}

function sentenceLines({ sentences }: ParagraphBlock, width: number): string[] {
  return sentences.flatMap(sentence => wrapped(visible(sentence), width - 2).map(indent))
}
