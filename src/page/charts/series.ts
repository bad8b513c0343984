import type { PaletteColor } from '../../core/palette.ts'

/** One named row of values on a chart. */
export interface ChartSeries {
  readonly name: string
  readonly color: PaletteColor
  readonly values: readonly (number | null)[]
}

/** Each row added to all rows before it. */
export function stacked(rows: readonly (readonly (number | null)[])[]): number[][] {
  const sums: number[] = []
  return rows.map(row => row.map((value, i) => (sums[i] = (sums[i] ?? 0) + (value ?? 0))))
}
