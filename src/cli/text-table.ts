import { visible } from '../core/visible.ts'
import { table, widthOf, type TableColumn } from '../reports/layout.ts'

/** A table of texts, the last column cut where lines would be wider than `width`. */
export function textTable(rows: readonly (readonly string[])[], width = Infinity): string[] {
  const shown = rows.map(row => row.map(cell => visible(cell)))
  const last = (rows[0]?.length ?? 0) - 1
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...shown.map(row => widthOf(row[i] ?? ''))))
  const natural = widths.reduce((sum, one) => sum + one, 2 * last)
  const columns = widths.map((_, i): TableColumn => ({ align: 'left', fills: i === last }))
  return table(columns, shown, Math.min(width, natural))
}
