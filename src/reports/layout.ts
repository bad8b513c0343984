import type { Counters } from '../core/source.ts'
import type { Micros } from '../core/time.ts'
import { isoTime } from '../core/units.ts'

/** Characters that take two columns on a terminal: CJK, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const COMBINING = /\p{M}/u

function columnsOf(character: string): number {
  return COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1
}

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** Cuts a text that is wider than `width`, with an ellipsis for its middle: both ends distinguish texts. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  const characters = Array.from(text)
  const tail = fitting(characters.toReversed(), Math.floor((width - 1) * 0.4)).toReversed()
  const head = fitting(characters, width - 1 - widthOf(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

/** The first characters that fit into `width` columns. */
function fitting(characters: readonly string[], width: number): string[] {
  let used = 0
  const end = characters.findIndex(character => (used += columnsOf(character)) > width)
  return characters.slice(0, end < 0 ? undefined : end)
}

/** What no line is broken in where it has the room: short texts in parentheses, numbers with their units, other words. */
const TOGETHER = /\([^()]{1,30}\)\S*|[\d.,]*\d (?:%|[kMGT]?B|[mµ]?s|min|h|d)(?!\w)\S*|\S+/gu

/** A text in lines of at most `width` columns, broken between words; all of it is there, a longer word is broken too. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.match(TOGETHER)?.flatMap(word => piecesOf(word, width)) ?? []) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) > width && line !== '') lines.push(line)
    line = widthOf(longer) > width ? word : longer
  }
  return [...lines, line]
}

/** A word as it is, or in pieces that have room. */
function piecesOf(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word]
  if (word.includes(' ')) return word.split(' ').flatMap(part => piecesOf(part, width))
  const pieces: string[] = []
  for (let rest = Array.from(word); rest.length > 0;) {
    const piece = fitting(rest, Math.max(LEAST, width))
    pieces.push(piece.join(''))
    rest = rest.slice(piece.length)
  }
  return pieces
}

/** However narrow a line is, it has room for a few characters. */
const LEAST = 8

/** Cuts or fills a text to just `width` columns. */
export function left(text: string, width: number): string {
  const shown = cut(text, width)
  return shown + ' '.repeat(Math.max(0, width - widthOf(shown)))
}

/** The same, with the text on the right. */
export function right(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar for `part` of `whole`, in eighths of a column; what is more than nothing shows. */
export function bar(part: number, whole: number, width: number): string {
  if (part <= 0 || whole <= 0) return ' '.repeat(width)
  const eighths = Math.max(1, Math.round((8 * width * Math.min(part, whole)) / whole))
  return left('█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? ''), width)
}

export interface TableColumn {
  readonly align: 'left' | 'right'
  /** Takes what the others leave of the line. At most one column does. */
  readonly fills?: boolean
}

/** Rows of a table, `width` columns wide, two columns between any two of its own. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number
): string[] {
  const widths = columns.map((_, i) => Math.max(0, ...rows.map(row => widthOf(row[i] ?? ''))))
  const filler = columns.findIndex(column => column.fills)
  const taken = widths.reduce((sum, width, i) => sum + (i === filler ? 0 : width) + (i === 0 ? 0 : 2), 0)
  if (filler >= 0) widths[filler] = Math.max(8, width - taken)
  return rows.map(row =>
    columns
      .map(({ align }, i) => (align === 'left' ? left : right)(row[i] ?? '', widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  )
}

/** Some columns of numbers. */
export function numberColumns(count: number): TableColumn[] {
  return Array.from({ length: count }, () => ({ align: 'right' }))
}

export function indent(line: string): string {
  return line === '' ? '' : `  ${line}`
}

/** `2026-01-31 22:00:00`, UTC. */
export function clock(time: Micros): string {
  return isoTime(time).slice(0, 19).replace('T', ' ')
}

/** What became of lines, as reports in JSON have it. */
export function lineCounts({ read, parsed, rejected, late }: Counters): Omit<Counters, 'bytes'> {
  return { read, parsed, rejected, late }
}
