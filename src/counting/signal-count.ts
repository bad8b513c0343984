import type { Batch } from '../core/batch.ts'
import { cellOf, type Rollup } from '../core/rollup.ts'
import { SparseCodeCounts } from './code-counts.ts'
import { SignalKeys, type SignalParts } from './signal-keys.ts'
import { MAX_SIGNAL_LINES } from './signal-lines.ts'
import type { Windowing } from '../core/window.ts'
import type { SignalStep } from './signal-step.ts'
import { flushCounts } from './flush.ts'
import type { Signal } from '../core/signal.ts'
import type { Query } from '../query/index.ts'

/** How many counts wait for the cells of the next step, so that they need not grow again, and how large they may be. */
const MAX_SPARE = { counts: 4, keys: 4096 }

const NONE = new Uint32Array(0)

/** What one signal counts of the lines of one format: by code in cells of event time, until `flush`. */
export class SignalCount {
  readonly signal: Signal<Query>
  readonly #source: string
  readonly #keys: SignalKeys
  readonly #spare: SparseCodeCounts[] = []
  readonly #cells = new Map<number, SparseCodeCounts>()

  constructor(signal: Signal<Query>, source: string) {
    this.signal = signal
    this.#source = source
    this.#keys = new SignalKeys(signal)
  }

  /** How many cells were counted in since `flush`. */
  get cells(): number {
    return this.#cells.size
  }

  /**
   * Counts those rows of a batch that have all that is asked for, and are neither too old nor of the future. Gives the code
   * of each row, 0 where it was not counted; the next call overwrites them. None at all where no row was counted.
   */
  add(batch: Batch, rows: Uint32Array, parts: SignalParts, step: SignalStep): Uint32Array {
    const { time } = batch
    const [since, until] = [step.since(this.signal), step.horizon]
    const { measure } = this.signal
    const column = batch.columns.get(measure ?? '')
    const sums = column?.type === 'number' ? column.values : undefined
    const timely = rows.some(row => time[row]! >= since && time[row]! <= until)
    if (!timely || (measure !== undefined && !sums)) return NONE
    const cells = step.cells(this.signal)
    if (this.#keys.constant && !sums && this.signal.lines === 0) {
      this.#addAll(batch, rows, parts, cells, since, until)
      return NONE
    }
    const codes = this.#keys.codes(batch, rows, parts)
    let cell = cells(0)
    let counts: SparseCodeCounts | undefined
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const at = time[row]!
      const sum = sums ? sums[row]! : 0
      // A sum that is not itself is NaN, an absent number.
      if (at < since || at > until || sum !== sum) codes[i] = 0
      if (codes[i] === 0) continue
      if (!counts || at < cell.from || at >= cell.to) {
        cell = cells(at)
        counts = this.#countsOf(cell.from)
      }
      counts.add(codes[i]!, 1, sum)
    }
    return codes
  }

  /** Counts rows that have the same key, all of a cell at once. */
  #addAll(
    batch: Batch,
    rows: Uint32Array,
    parts: SignalParts,
    cells: Windowing,
    since: number,
    until: number
  ): void {
    const { time } = batch
    const [code = 0] = this.#keys.codes(batch, rows.subarray(0, 1), parts)
    let cell = cells(0)
    let count = 0
    const add = (): void => {
      if (count > 0) this.#countsOf(cell.from).add(code, count, 0)
      count = 0
    }
    for (let i = 0; i < rows.length; i++) {
      const at = time[rows[i]!]!
      if (at < since || at > until) continue
      if (at < cell.from || at >= cell.to) {
        add()
        cell = cells(at)
      }
      count++
    }
    add()
  }

  /** Which of the coded rows are the newest of their keys: their places among `codes`. */
  newest(codes: Uint32Array): number[] {
    const { lines } = this.signal
    const counts = new Map<number, number>()
    const found: number[] = []
    if (lines === 0) return found
    for (let i = codes.length - 1; i >= 0 && found.length < MAX_SIGNAL_LINES; i--) {
      const code = codes[i]!
      const count = counts.get(code) ?? 0
      if (code === 0 || count === lines) continue
      counts.set(code, count + 1)
      found.push(i)
    }
    return found
  }

  /** The key of a code that `add` gave. */
  key(code: number): string {
    return this.#keys.name(code)
  }

  /** Moves all counts into `into`; codes mean nothing after. */
  flush(into: Rollup): void {
    const { name, limit } = this.signal
    for (const [window, counts] of this.#cells) {
      flushCounts(counts, this.#keys, cellOf(into, window, this.#source, name), limit)
      if (this.#spare.length === MAX_SPARE.counts || counts.size > MAX_SPARE.keys) continue
      counts.clear()
      this.#spare.push(counts)
    }
    this.#cells.clear()
    this.#keys.forget()
  }

  #countsOf(cell: number): SparseCodeCounts {
    let counts = this.#cells.get(cell)
    if (!counts) this.#cells.set(cell, (counts = this.#spare.pop() ?? new SparseCodeCounts()))
    return counts
  }
}
