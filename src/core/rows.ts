import { cellOf, mergeCell, type Cell, type Rollup } from './rollup.ts'
import type { Sketch } from './sketch.ts'
import type { Micros } from './time.ts'

/** A cell as flat arrays: what crosses threads cheaply, and what a cluster's answer looks like. */
export interface CellRows {
  readonly window: Micros
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
  for (const row of rows) mergeCell(cellOf(into, row.window, row.source, row.metric), toCell(row))
  return into
}

/** The cell of a row. */
export function toCell({ keys, counts, sums, otherCount, otherSum, ...row }: CellRows): Cell {
  return {
    ...row,
    keys: new Map(keys.map((key, i) => [key, { count: counts[i] ?? 0, sum: sums[i] ?? 0 }])),
    other: { count: otherCount, sum: otherSum }
  }
}
