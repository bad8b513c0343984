import { formatCount } from '../../core/units.ts'
import { table, type TableColumn } from '../../reports/layout.ts'
import { visible } from '../../core/visible.ts'
import type { TableAnswer } from '../../store/questions/answers.ts'

type Cell = TableAnswer['rows'][number][number]

/** How rows are printed. */
export type Shape = 'text' | 'json' | 'csv'

/** Rows as text for people, as one JSON object a line, or as CSV (RFC 4180) with a head. */
export function rowsText({ columns, rows }: TableAnswer, shape: Shape, width: number): string {
  if (shape === 'json') return rows.map(row => `${JSON.stringify(objectOf(columns, row))}\n`).join('')
  if (shape === 'csv') return [columns, ...rows].map(row => `${row.map(csvCell).join(',')}\r\n`).join('')
  const shown = rows.map(row => row.map(cell => visible(cellText(cell))))
  const layout = columns.map((_, i): TableColumn => ({
    align: rows.some(row => typeof row[i] === 'number') ? 'right' : 'left'
  }))
  return table(layout, [columns.map(name => visible(name)), ...shown], width)
    .map(line => `${line}\n`)
    .join('')
}

function objectOf(columns: readonly string[], row: readonly Cell[]): Record<string, Cell> {
  return Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))
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
