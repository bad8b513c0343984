import type { Batch, Column } from '../core/batch.ts'
import type { Metric } from '../core/metric.ts'
import { cellOf, type Cell, type Rollup } from '../core/rollup.ts'
import type { Windowing } from '../core/window.ts'
import { SparseCodeCounts, type CodeCounts } from './code-counts.ts'
import { DerivedKeys, keysOf, type Keys } from './keys.ts'
import { flushCounts } from './flush.ts'
import { addDerived, isDerivedOf } from './derived.ts'

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
  readonly #newCounts: () => CodeCounts
  readonly #windows = new Map<number, CodeCounts[]>()
  readonly #keys: (Keys | undefined)[] = []
  /** For each metric the one whose counts it can be made of when they are flushed, so that it costs nothing a line. */
  readonly #bases: readonly (number | undefined)[]

  /** `newCounts` makes what counts one metric in one window. */
  constructor(
    source: string,
    metrics: readonly Metric[],
    newCounts = (): CodeCounts => new SparseCodeCounts()
  ) {
    this.#source = source
    this.#metrics = metrics
    this.#newCounts = newCounts
    this.#bases = metrics.map(metric => baseOf(metric, metrics))
  }

  /** How many tables of counts it holds. */
  get tables(): number {
    return this.#windows.size * this.#metrics.length
  }

  /** Counts all rows of a batch in the windows that they fall into. */
  add(batch: Batch, windowing: Windowing): void {
    const { rows, time } = batch
    for (let row = 0; row < rows;) {
      const { from, to } = windowing(time[row]!)
      const start = row
      if (to === Infinity) row = rows
      else
        do row++
        while (row < rows && time[row]! >= from && time[row]! < to)
      const counts = this.#countsOf(from)
      this.#metrics.forEach((metric, m) => this.#count(metric, m, counts[m]!, batch, start, row))
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
    flushCounts(counts, this.#keys[m] ?? TOTAL_KEYS, cell, limit)
  }

  /** Leaves what is derived of a cell to others while it holds all keys, those to be added too. */
  #leave(cell: Cell, into: Rollup, more: number, limit: number, underived: Set<Cell>): void {
    const isNew = cell.keys.size === 0 && cell.other.count === 0
    if ((isNew || underived.has(cell)) && cell.keys.size + more <= limit) underived.add(cell)
    else if (underived.delete(cell)) addDerived(into, cell, this.#metrics)
  }

  #countsOf(window: number): CodeCounts[] {
    let counts = this.#windows.get(window)
    if (!counts) this.#windows.set(window, (counts = this.#metrics.map(this.#newCounts)))
    return counts
  }

  #count(metric: Metric, m: number, counts: CodeCounts, { columns }: Batch, from: number, to: number): void {
    const filter = metric.filter && { values: numbers(columns, metric.filter.field), min: metric.filter.min }
    if (filter && !filter.values) return
    const sums = numbers(columns, metric.measure)
    const column = metric.key === null ? undefined : columns.get(metric.key)
    if (column) {
      const keys = (this.#keys[m] ??= keysOf(metric, column))
      if (this.#bases[m] !== undefined) return
      const codes = keys.codes(column, from, to)
      counts.addRows({ codes, sums, filter: filter?.values, min: filter?.min ?? 0, from, to })
    } else if (metric.key === null) countTotal(counts, sums, filter?.values, filter?.min ?? 0, from, to)
  }
}

/** The metric without derivation that counts the same lines by the same field, if there is one before it. */
function baseOf(metric: Metric, metrics: readonly Metric[]): number | undefined {
  const base = metrics.findIndex(other => isDerivedOf(metric, other))
  return base < 0 || base > metrics.indexOf(metric) ? undefined : base
}

/** The values of the first of these fields that there is. */
function numbers(columns: ReadonlyMap<string, Column>, fields: readonly string[]): Float64Array | undefined {
  const column = fields.map(field => columns.get(field)).find(found => found !== undefined)
  return column?.type === 'number' ? column.values : undefined
}

/** Counts rows under the one code of a total. `x === x` is false for NaN alone, an absent number. */
function countTotal(
  counts: CodeCounts,
  sums: Float64Array | undefined,
  filter: Float64Array | undefined,
  min: number,
  from: number,
  to: number
): void {
  let count = 0
  let sum = 0
  for (let row = from; row < to; row++) {
    if (filter && !(filter[row]! >= min)) continue
    count++
    const value = sums ? sums[row]! : 0
    if (value === value) sum += value
  }
  if (count > 0) counts.add(TOTAL, count, sum)
}
