import { cellOf, mergeCell, type Cell, type Rollup } from './rollup.ts'
import type { Sketch } from './sketch.ts'

/** A cell as flat arrays: what crosses threads cheaply, and what a cluster's answer looks like. */
export interface CellRows {
  readonly window: number
  readonly source: string
  readonly metric: string
  readonly keys: readonly string[]
  readonly counts: Float64Array
  readonly sums: Float64Array
  readonly otherCount: number
  readonly otherSum: number
  readonly sketch: Sketch | undefined
}

export function toRows(rollup: Rollup): CellRows[] {
  return Array.from(rollup.values(), rowsOf)
}

function rowsOf(cell: Cell): CellRows {
  const { window, source, metric, sketch, keys, other } = cell
  const counts = new Float64Array(keys.size)
  const sums = new Float64Array(keys.size)
  let i = 0
  for (const { count, sum } of keys.values()) {
    counts[i] = count
    sums[i++] = sum
  }
  return {
    window,
    source,
    metric,
    keys: [...keys.keys()],
    counts,
    sums,
    otherCount: other.count,
    otherSum: other.sum,
    sketch
  }
}

/** Adds rows to a rollup; the inverse of `toRows` on an empty one. */
export function addRows(into: Rollup, rows: readonly CellRows[]): Rollup {
  for (const row of rows) {
    const keys = new Map(
      row.keys.map((key, i) => [key, { count: row.counts[i] ?? 0, sum: row.sums[i] ?? 0 }])
    )
    const other = { count: row.otherCount, sum: row.otherSum }
    const { window, source, metric, sketch } = row
    mergeCell(cellOf(into, window, source, metric), { window, source, metric, keys, other, sketch })
  }
  return into
}
