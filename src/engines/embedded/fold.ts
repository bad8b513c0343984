import type { Batch, Column, Dictionary } from '../../core/batch.ts'
import type { Metric } from '../../core/metric.ts'
import { cellOf, type Rollup } from '../../core/rollup.ts'
import { bucketOf } from '../../core/sketch.ts'
import type { Windowing } from '../../core/window.ts'
import { Counter } from './counter.ts'
import { Derivation } from './derivation.ts'
import { spill } from './spill.ts'

/**
 * Counts the batches of one scanner by dictionary code, one counter a window and metric, until `flush` turns codes
 * into keys. Codes mean nothing outside their scanner, so each scanner has its own fold.
 */
export class Fold {
  readonly #source: string
  readonly #metrics: readonly Metric[]
  readonly #windows = new Map<number, Counter[]>()
  readonly #derivations: (Derivation | undefined)[]
  #columns: ReadonlyMap<string, Column> = new Map()

  constructor(source: string, metrics: readonly Metric[]) {
    this.#source = source
    this.#metrics = metrics
    this.#derivations = metrics.map(({ derive }) => derive && new Derivation(derive))
  }

  /** Counts all rows of a batch in the windows that they fall into. */
  add(batch: Batch, windowing: Windowing): void {
    this.#columns = batch.columns
    for (let row = 0; row < batch.rows;) {
      const { from, to } = windowing(batch.time[row]!)
      const start = row
      do row++
      while (row < batch.rows && batch.time[row]! >= from && batch.time[row]! < to)
      this.#addRows(this.#countersOf(from), batch, start, row)
    }
  }

  /**
   * Moves all counts into `into`, at most `limit` keys a cell and the rest of them into its `other`.
   * Call it before a dictionary rotates, since the codes counted so far end there.
   */
  flush(into: Rollup, limit: number): void {
    for (const [window, counters] of this.#windows)
      counters.forEach((counter, m) => {
        const metric = this.#metrics[m]!
        if (counter.size > 0)
          spill(counter, this.#nameOf(metric, m), cellOf(into, window, this.#source, metric.name), limit)
      })
    this.#windows.clear()
  }

  #countersOf(window: number): Counter[] {
    let counters = this.#windows.get(window)
    if (!counters) this.#windows.set(window, (counters = this.#metrics.map(() => new Counter())))
    return counters
  }

  #addRows(counters: Counter[], batch: Batch, from: number, to: number): void {
    this.#metrics.forEach((metric, m) => {
      const filter = metric.where && numbers(batch, metric.where.field)
      if (metric.where && !filter) return
      const min = metric.where?.min ?? 0
      const sums = numbers(batch, metric.measure)
      const counter = counters[m]!
      if (metric.key === null) return addTotal(counter, filter, min, sums, from, to)
      const column = batch.columns.get(metric.key)
      if (column?.type === 'number')
        addNumbers(counter, column.values, metric.buckets === true, sums, from, to)
      else if (column) {
        const codes = this.#derivations[m]?.codes(column, from, to) ?? column.codes
        addCodes(counter, codes, filter, min, sums, from, to)
      }
    })
  }

  #nameOf(metric: Metric, m: number): (key: number) => string {
    const derivation = this.#derivations[m]
    if (derivation) return key => derivation.text(key)
    const column = metric.key === null ? undefined : this.#columns.get(metric.key)
    if (column?.type === 'text') return textOf(column.dictionary)
    return metric.key === null ? () => '' : String
  }
}

function textOf(dictionary: Dictionary): (code: number) => string {
  return code => dictionary.text(code)
}

/** The values of the first of these fields that the batch has. */
function numbers(batch: Batch, fields: readonly string[]): Float64Array | undefined {
  const column = fields.map(field => batch.columns.get(field)).find(found => found !== undefined)
  return column?.type === 'number' ? column.values : undefined
}

// The three loops below are the hot part of the fold. `x === x` is false for NaN alone, an absent number.

function addTotal(
  counter: Counter,
  filter: Float64Array | undefined,
  min: number,
  sums: Float64Array | undefined,
  from: number,
  to: number
): void {
  let count = 0
  let sum = 0
  for (let i = from; i < to; i++) {
    if (filter && !(filter[i]! >= min)) continue
    count++
    const value = sums ? sums[i]! : 0
    if (value === value) sum += value
  }
  if (count > 0) counter.add(0, count, sum)
}

function addNumbers(
  counter: Counter,
  values: Float64Array,
  buckets: boolean,
  sums: Float64Array | undefined,
  from: number,
  to: number
): void {
  for (let i = from; i < to; i++) {
    const value = values[i]!
    if (value !== value) continue
    const sum = sums ? sums[i]! : 0
    counter.add(buckets ? bucketOf(value) : value, 1, sum === sum ? sum : 0)
  }
}

function addCodes(
  counter: Counter,
  codes: Uint32Array,
  filter: Float64Array | undefined,
  min: number,
  sums: Float64Array | undefined,
  from: number,
  to: number
): void {
  for (let i = from; i < to; i++) {
    const code = codes[i]!
    if (code === 0 || (filter && !(filter[i]! >= min))) continue
    const sum = sums ? sums[i]! : 0
    counter.add(code, 1, sum === sum ? sum : 0)
  }
}
