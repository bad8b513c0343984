import { toMicros, type Millis } from '../../core/time.ts'
import { formatCount, isoTime } from '../../core/units.ts'
import { table, type TableColumn } from '../../reports/layout.ts'
import { visible } from '../../core/visible.ts'
import type { TableAnswer } from '../../store/questions/answers.ts'

type Cell = TableAnswer['rows'][number][number]

/** How rows are printed. */
export type Shape = 'text' | 'json' | 'csv'

/** Names of times in answers. */
const TIMES: readonly string[] = ['time', 'first', 'last', 'from', 'to']

/** An answer as rows: those that it has, or those of the objects in it, with a column for each of their plain values. */
export function tableOf(answer: object): TableAnswer {
  if (isTable(answer)) return answer
  const [part = []] = Object.values(answer)
  const objects: Readonly<Record<string, unknown>>[] = Array.isArray(part) ? part : [part]
  const columns = [...new Set(objects.flatMap(one => Object.keys(one)))].filter(name =>
    objects.every(one => one[name] === null || typeof one[name] !== 'object')
  )
  return { columns, rows: objects.map(one => columns.map(name => cellOf(name, one[name]))) }
}

function isTable(answer: object): answer is TableAnswer {
  return 'columns' in answer && 'rows' in answer
}

function cellOf(name: string, value: unknown): Cell {
  if (typeof value === 'number') return TIMES.includes(name) ? timeCell(value) : value
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

/** A time of an answer, as rows have it. */
export function timeCell(time: Millis): string {
  return isoTime(Math.round(toMicros(time)))
}

/** Rows as text for people, as one JSON object a line, or as CSV (RFC 4180) with a head. */
export function rowsText({ columns, rows }: TableAnswer, shape: Shape, width: number): string {
  if (shape === 'json') {
    const objects = rows.map(row => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])))
    return objects.map(one => `${JSON.stringify(one)}\n`).join('')
  }
  if (shape === 'csv') return [columns, ...rows].map(row => `${row.map(csvCell).join(',')}\r\n`).join('')
  const shown = rows.map(row => row.map(cell => visible(cellText(cell))))
  const layout = columns.map((_, i): TableColumn => ({
    align: rows.some(row => typeof row[i] === 'number') ? 'right' : 'left'
  }))
  return table(layout, [columns.map(name => visible(name)), ...shown], width)
    .map(line => `${line}\n`)
    .join('')
}

function cellText(cell: Cell): string {
  if (cell === null) return '-'
  if (typeof cell !== 'number') return String(cell)
  return Number.isInteger(cell) && Math.abs(cell) >= 10_000
    ? formatCount(cell)
    : String(Number(cell.toPrecision(6)))
}

/** A text that a spreadsheet would take for a formula gets a `'` before it; numbers stay as they are. */
function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
