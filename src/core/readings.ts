import { distinctOf, ranked, totalOf, type Cell, type Tally } from './rollup.ts'
import { bucketValue } from './sketch.ts'

/** What a metric says over some period: the shape that reports and the page show. */
export interface Reading {
  /** Over all keys, the folded ones included. */
  count: number
  sum: number
  distinct: number
  /** The largest keys, by count. */
  top: { key: string; count: number; sum: number }[]
  /** All keys that are not in `top`. */
  other: { count: number; sum: number; distinct: number }
}

export function readingOf(cell: Cell, top: number): Reading {
  const keys = ranked(cell, top)
  const { count, sum } = totalOf(cell)
  const distinct = distinctOf(cell)
  const shown = keys.reduce((total, key) => ({ count: total.count + key.count, sum: total.sum + key.sum }), {
    count: 0,
    sum: 0
  })
  const other = {
    count: count - shown.count,
    sum: sum - shown.sum,
    distinct: Math.max(0, distinct - keys.length)
  }
  return { count, sum, distinct, top: keys, other }
}

/**
 * The value below which the share `q` (0 to 1) of the counted values lies, for a cell whose keys are logarithmic
 * buckets (`bucketOf`); at most 1 % off. `undefined` when nothing was counted.
 */
export function percentileOf(
  cell: { readonly keys: ReadonlyMap<string, Tally> },
  q: number
): number | undefined {
  const buckets = Array.from(cell.keys, ([key, { count }]) => ({ bucket: Number(key), count })).sort(
    (a, b) => a.bucket - b.bucket
  )
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return undefined
  // Nearest rank: the smallest value with at least q of all at or below it.
  let rank = Math.max(1, Math.ceil(q * total))
  for (const { bucket, count } of buckets) {
    rank -= count
    if (rank <= 0) return bucketValue(bucket)
  }
  return undefined
}
