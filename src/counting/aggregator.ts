import type { Batch, Column } from '../core/batch.ts'
import type { Metric } from '../core/metric.ts'
import { cellOf, type Cell, type Rollup } from '../core/rollup.ts'
import type { Windowing } from '../core/window.ts'
import { SparseCodeCounts, type CodeCounts } from './code-counts.ts'
import { DerivedKeys, keysOf, type Keys } from './keys.ts'
import { flushCounts } from './flush.ts'
import { addDerived, isDerivedOf } from './derived.ts'
import { pairKeysOf, type PairKeys } from './pairs.ts'
import { numbers, Selections } from './selections.ts'

/** Pairs may be many more than the values of either field. */
const MANY_PAIRS = 32_768

/** Of what is no table of its own sections of reports show the largest keys alone. */
const MOST_HIDDEN = 4096

/** The code that a total is counted under. */
const TOTAL = 1

const TOTAL_KEYS: Pick<Keys, 'name' | 'hash'> = { name: () => '', hash: () => 0 }

/**
 * Counts the batches of one scanner by code, one set of counts a window and metric, until `flush` turns codes into keys.
 * Codes mean nothing outside their scanner, so each scanner has its own aggregator.
 */
export class Aggregator {
  readonly #source: string
  readonly #metrics: readonly Metric[]
  readonly #newCounts: (metric: Metric) => CodeCounts
  readonly #windows = new Map<number, CodeCounts[]>()
  readonly #keys: (Keys | undefined)[] = []
  readonly #pairs: (PairKeys | undefined)[] = []
  readonly #selections: Selections
  /** For each metric the one whose counts it can be made of when they are flushed, so that it costs nothing a line. */
  readonly #bases: readonly (number | undefined)[]

  /** `newCounts` makes what counts one metric in one window. */
  constructor(
    source: string,
    metrics: readonly Metric[],
    newCounts: (metric: Metric) => CodeCounts = () => new SparseCodeCounts()
  ) {
    this.#source = source
    this.#metrics = metrics
    this.#newCounts = newCounts
    this.#bases = metrics.map(metric => baseOf(metric, metrics))
    this.#selections = new Selections(metrics)
  }

  /** Whether it holds so many keys that it should be flushed, though no dictionary rotates. */
  get crowded(): boolean {
    if (!this.#metrics.some(isHashed)) return false
    let keys = 0
    for (const all of this.#windows.values())
      this.#metrics.forEach((metric, m) => (keys += isHashed(metric) ? all[m]!.size : 0))
    return keys > MANY_PAIRS
  }

  /** How many tables of counts it holds. */
  get tables(): number {
    return this.#windows.size * this.#metrics.length
  }

  /** Counts all rows of a batch in the windows that they fall into. */
  add(batch: Batch, windowing: Windowing): void {
    const { rows, time, columns } = batch
    const counted = this.#metrics.flatMap((metric, m) => countedOf(metric, m, columns) ?? [])
    for (let row = 0; row < rows;) {
      const { from, to } = windowing(time[row]!)
      const start = row
      if (to === Infinity) row = rows
      else
        do row++
        while (row < rows && time[row]! >= from && time[row]! < to)
      const counts = this.#countsOf(from)
      this.#selections.begin()
      for (const one of counted) this.#count(one, counts[one.m]!, columns, start, row)
    }
  }

  /**
   * Moves all counts into `into`, at most `limit` keys a cell and the rest of them into its `other`.
   * Call it before a dictionary rotates, since the codes counted so far end there.
   *
   * What is derived of keys is left to others where there is `underived`: it gets the cells that hold all keys that it can be
   * derived of.
   */
  flush(into: Rollup, limit: number, underived?: Set<Cell>): void {
    for (const [window, all] of this.#windows)
      all.forEach((counts, m) => {
        const base = this.#bases[m]
        if (base === undefined) this.#flush(into, window, m, counts, limit, underived)
        else if (all[base]!.size > 0) {
          // The base comes before it in the list.
          const cell = cellOf(into, window, this.#source, this.#metrics[base]!.name)
          const keys = this.#keys[m]
          if (keys instanceof DerivedKeys && !underived?.has(cell))
            this.#flush(into, window, m, keys.derived(all[base]!), limit)
        }
      })
    this.#windows.clear()
  }

  #flush(
    into: Rollup,
    window: number,
    m: number,
    counts: CodeCounts,
    limit: number,
    underived?: Set<Cell>
  ): void {
    if (counts.size === 0) return
    const cell = cellOf(into, window, this.#source, this.#metrics[m]!.name)
    if (underived && this.#bases.includes(m)) this.#leave(cell, into, counts.size, limit, underived)
    const { byDay = limit, hidden } = this.#metrics[m]!
    const most = Math.min(limit, byDay, hidden ? MOST_HIDDEN : limit)
    flushCounts(counts, this.#pairs[m] ?? this.#keys[m] ?? TOTAL_KEYS, cell, most)
  }

  /** Leaves what is derived of a cell to others while it holds all keys, those to be added too. */
  #leave(cell: Cell, into: Rollup, more: number, limit: number, underived: Set<Cell>): void {
    const isNew = cell.keys.size === 0 && cell.other.count === 0
    if ((isNew || underived.has(cell)) && cell.keys.size + more <= limit) underived.add(cell)
    else if (underived.delete(cell)) addDerived(into, cell, this.#metrics)
  }

  #countsOf(window: number): CodeCounts[] {
    let counts = this.#windows.get(window)
    if (!counts) this.#windows.set(window, (counts = this.#metrics.map(metric => this.#newCounts(metric))))
    return counts
  }

  #count(
    { metric, m, column, sums }: Counted,
    counts: CodeCounts,
    columns: Batch['columns'],
    from: number,
    to: number
  ): void {
    const rows = this.#selections.rows(m, columns, from, to)
    if (rows?.length === 0) return
    if (!column) countTotal(counts, sums, rows, from, to)
    else {
      const codes = this.#codes(metric, m, columns, column, from, to)
      if (!codes) return
      if (rows) countSelected(counts, codes, sums, rows)
      else counts.addRows({ codes, sums, from, to })
    }
  }

  /** The codes that a metric counts rows under; `undefined` where it counts none of them now. */
  #codes(
    metric: Metric,
    m: number,
    columns: Batch['columns'],
    column: Column,
    from: number,
    to: number
  ): Uint32Array | undefined {
    if (metric.pair) {
      const second = columns.get(metric.pair.field)
      const pairs = (this.#pairs[m] ??= pairKeysOf(metric.pair, column, second, metric.derive))
      return pairs?.codes(column, second, from, to)
    }
    const keys = (this.#keys[m] ??= keysOf(metric, column))
    return this.#bases[m] === undefined ? keys.codes(column, from, to) : undefined
  }
}

/** A metric, by its number, with what it counts of a batch. */
interface Counted {
  readonly metric: Metric
  readonly m: number
  /** Of its keys; absent for a total. */
  readonly column: Column | undefined
  readonly sums: Float64Array | undefined
}

/** What a metric counts of a batch; `undefined` where it has nothing to count. */
function countedOf(metric: Metric, m: number, columns: Batch['columns']): Counted | undefined {
  const column = metric.key === null ? undefined : columns.get(metric.key)
  if (metric.key !== null && !column) return undefined
  return { metric, m, column, sums: numbers(columns, metric.measure) }
}

/** Its keys may be many though the dictionaries of both fields are small. */
function isHashed({ pair }: Metric): boolean {
  return pair?.hashed !== undefined
}

/** The metric without derivation that counts the same lines by the same field, if there is one before it. */
function baseOf(metric: Metric, metrics: readonly Metric[]): number | undefined {
  const base = metrics.findIndex(other => isDerivedOf(metric, other))
  return base < 0 || base > metrics.indexOf(metric) ? undefined : base
}

/** Counts rows under the one code of a total. `x === x` is false for NaN alone, an absent number. */
function countTotal(
  counts: CodeCounts,
  sums: Float64Array | undefined,
  rows: Uint32Array | undefined,
  from: number,
  to: number
): void {
  const count = rows ? rows.length : to - from
  let sum = 0
  if (sums)
    for (let i = 0; i < count; i++) {
      const value = sums[rows ? rows[i]! : from + i]!
      if (value === value) sum += value
    }
  if (count > 0) counts.add(TOTAL, count, sum)
}

/** Counts some rows under their codes. */
function countSelected(
  counts: CodeCounts,
  codes: Uint32Array,
  sums: Float64Array | undefined,
  rows: Uint32Array
): void {
  for (const row of rows) {
    const code = codes[row]!
    const sum = sums ? sums[row]! : 0
    if (code !== 0) counts.add(code, 1, sum === sum ? sum : 0)
  }
}
