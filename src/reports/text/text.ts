import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import type { Block, FiguresBlock, Figure, ParagraphBlock, ReportDocument, SamplesBlock } from '../block.ts'
import { cut, indent, table, widthOf, wrapped } from '../layout.ts'
import { changeText, valueWriter, type WriteValue } from '../value.ts'
import { chartLines } from './chart.ts'
import { tableLines } from './table.ts'

/** A report as plain text, `width` (72 or more) columns wide; all texts are made harmless. */
export function reportText(report: ReportDocument, width = 80): string {
  const { blocks, period } = report
  const zone = period?.zone ?? 'UTC'
  const write = valueWriter(zone)
  const drawn = blocks.map(block => [
    rule(block.title, block.note ?? (block.type === 'chart' ? zone : ''), width),
    ...linesOf(block, width, write, zone)
  ])
  return `${[headLines(report, width), ...drawn].map(lines => lines.join('\n')).join('\n\n')}\n`
}

/** A title with a rule up to the note at the line's end. */
function rule(title: string, note: string, width: number): string {
  const [shownNote, most] = [cut(visible(note), width >> 1), width - 4]
  const shown = cut(visible(title), most - widthOf(shownNote))
  const dashes = width - widthOf(shown) - widthOf(shownNote) - (note === '' ? 1 : 2)
  return `${shown} ${'─'.repeat(dashes)}${note === '' ? '' : ' '}${shownNote}`
}

function headLines({ subject, verdict, facts, link }: ReportDocument, width: number): string[] {
  const named = [...facts, ...(link === undefined ? [] : [{ name: 'Page', text: link }])]
  const margin = Math.max(...named.map(({ name }) => widthOf(name))) + 2
  return [
    ...wrapped(visible(subject), width - 4).map((line, i, lines) =>
      i === lines.length - 1 ? rule(line, '', width) : line
    ),
    ...wrapped(visible(verdict.sentence), width - 2).map(indent),
    '',
    ...named.flatMap(({ name, text }) =>
      wrapped(visible(text), width - 2 - margin).map((line, i) =>
        indent(`${(i === 0 ? name : '').padEnd(margin)}${line}`)
      )
    )
  ]
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
  const heads = ['', '', ...others.flatMap(label => [label, ''])]
  const rows = figures.map(figure => [
    visible(figure.label),
    write(figure.value, figure.unit),
    ...others.flatMap(label => comparedCells(figure, label, write))
  ])
  const lines = table(
    heads.map((_, i) => ({ align: i === 0 ? 'left' : 'right' })),
    [heads, ...rows],
    width - 2
  )
  return [
    ...(others.length > 0 ? lines.slice(0, 1) : []),
    ...lines.slice(1).flatMap((line, i) => withRemark(line, figures[i]!, width))
  ].map(indent)
}

function comparedCells({ compared = [], unit, value }: Figure, label: string, write: WriteValue): string[] {
  const other = compared.find(one => one.label === label)
  return other ? [write(other.value, unit), changeText(value, other.value, unit) ?? ''] : ['', '']
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
