import { distinctOf, ranked, totalOf, type Cell, type Tally } from './rollup.ts'
import { bucketValue } from './sketch.ts'

/** What was counted of a metric over some period. */
export interface CellReading {
  /** Over all keys, the aggregated ones included. */
  count: number
  sum: number
  distinct: number
  /** The largest keys, by count. */
  top: { key: string; count: number; sum: number }[]
  /** All keys that are not in `top`. */
  other: { count: number; sum: number; distinct: number }
}

export function readingOf(cell: Cell, top: number): CellReading {
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

/** The shares of the counted values that percentiles are read at. */
const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const

export type Percentiles = Readonly<Record<keyof typeof PERCENTILES, number>>

/** What the keys of a cell are read as numbers: `bucketOf` of the values. */
type Buckets = { readonly keys: ReadonlyMap<string, Tally> }

/**
 * Percentiles of a cell whose keys are logarithmic buckets, in `unit`s of the values; at most 1 % off. `undefined`
 * when nothing was counted.
 */
export function percentilesOf(cell: Buckets, unit = 1): Percentiles | undefined {
  const [p50, p90, p95, p99] = quantilesOf(cell, Object.values(PERCENTILES))
  if (p50 === undefined || p90 === undefined || p95 === undefined || p99 === undefined) return undefined
  return { p50: p50 / unit, p90: p90 / unit, p95: p95 / unit, p99: p99 / unit }
}

/** The value below which the share `q` (0 to 1) of the counted values lies, as `percentilesOf`. */
export function percentileOf(cell: Buckets, q: number): number | undefined {
  return quantilesOf(cell, [q])[0]
}

/** The values at some shares, which ascend; none when nothing was counted. */
function quantilesOf(cell: Buckets, shares: readonly number[]): number[] {
  const buckets = Array.from(cell.keys, ([key, { count }]) => ({ bucket: Number(key), count })).sort(
    (a, b) => a.bucket - b.bucket
  )
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return []
  let at = 0
  let passed = buckets[0]?.count ?? 0
  return shares.map(q => {
    // Nearest rank: the smallest value with at least q of all at or below it.
    const rank = Math.max(1, Math.ceil(q * total))
    while (passed < rank && at < buckets.length - 1) passed += buckets[++at]?.count ?? 0
    return bucketValue(buckets[at]?.bucket ?? -1)
  })
}
