import { visible } from '../../core/visible.ts'
import type { BlockColumn, TableBlock, Value } from '../block.ts'
import { bar, indent, table, widthOf, wrapped, type TableColumn } from '../layout.ts'
import { fillingColumn, isNumeric, othersText, type WriteValue } from '../value.ts'

const BAR = 12
/** What a column that takes the rest of the width gets at least. */
const LEAST = 24

/** One column as text: its head, and a cell for each row. */
interface TextColumn extends TableColumn {
  readonly head: string
  readonly cells: readonly string[]
}

/**
 * A table; the columns on the right that there is no room for stand on a line below each row. Tables of one column of texts need
 * no heads.
 */
export function tableLines(block: TableBlock, width: number, write: WriteValue): string[] {
  const filler = fillingColumn(block.columns)
  const all = block.columns.map((_, i) => textColumns(block, i, i === filler, write))
  const beside = apartAt(block.columns, fitting(all, width - 2))
  const columns = all.slice(0, beside).flat()
  const rows = block.rows.length + (restOf(block) ? 1 : 0)
  const [head = '', ...lines] = table(
    columns,
    [
      columns.map(({ head }) => head),
      ...Array.from({ length: rows }, (_, i) => columns.map(one => one.cells[i] ?? ''))
    ],
    width - 2
  )
  const below = block.columns.slice(beside)
  return [
    ...(block.columns.length > 1 ? [head] : []),
    ...lines.flatMap((line, i) => [
      line,
      ...belowLines(below, block.rows[i]?.cells.slice(beside) ?? [], width, write)
    ])
  ].map(indent)
}

/** The cells of what is not shown: with the number of these for a name. */
function restOf(block: TableBlock): readonly Value[] | undefined {
  const { columns, rest, more = 0 } = block
  if (more === 0) return undefined
  const cells = rest ?? columns.map(() => undefined)
  return cells.map((cell, i) => (i === 0 ? `… ${othersText(block)}` : cell))
}

/** A column, and its bar. */
function textColumns(block: TableBlock, i: number, fills: boolean, write: WriteValue): TextColumn[] {
  const { label, unit, bar: barred } = block.columns[i]!
  // A title says it already.
  const head = label === block.title ? '' : visible(label)
  const align = isNumeric(unit) ? 'right' : 'left'
  const values = block.rows.map(({ cells }) => cells[i])
  const rest = restOf(block)?.[i]
  const written = (value: Value): string => (value === '' ? '(empty)' : write(value, unit))
  const cells = [...values.map(written), ...(rest === undefined ? [] : [written(rest)])]
  const column = { head, align, cells, fills } as const
  if (!barred) return [column]
  const numbers = values.map(Number)
  const most = Math.max(...numbers)
  return [column, { head: '', align: 'left', cells: numbers.map(value => bar(value || 0, most, BAR)) }]
}

/** How many columns have room beside each other: the first one always has. */
function fitting(columns: readonly (readonly TextColumn[])[], width: number): number {
  let taken = -2
  const end = columns.findIndex((parts, i) => {
    for (const { head, cells, fills } of parts) {
      const whole = Math.max(...[head, ...cells].map(widthOf))
      taken += 2 + (fills ? Math.min(LEAST, whole) : whole)
    }
    return i > 0 && taken > width
  })
  return end < 0 ? columns.length : end
}

/** Columns of times belong together: when something was first and last seen. */
function apartAt(columns: readonly BlockColumn[], beside: number): number {
  const together = columns[beside]?.unit === 'time' && columns[beside - 1]?.unit === 'time'
  return together && beside > 1 ? apartAt(columns, beside - 1) : beside
}

function belowLines(
  columns: readonly BlockColumn[],
  cells: readonly Value[],
  width: number,
  write: WriteValue
): string[] {
  const known = columns.flatMap(({ label, unit }, i) =>
    cells[i] === undefined ? [] : [`${label.toLowerCase()} ${write(cells[i], unit)}`]
  )
  return known.length > 0 ? wrapped(known.join(', '), width - 4).map(line => `  ${line}`) : []
}
