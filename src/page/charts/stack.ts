/** Each row added to all rows before it. */
export function stacked(rows: readonly (readonly (number | null)[])[]): number[][] {
  const sums: number[] = []
  return rows.map(row => row.map((value, i) => (sums[i] = (sums[i] ?? 0) + (value ?? 0))))
}
