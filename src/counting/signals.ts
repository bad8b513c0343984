import type { Batch } from '../core/batch.ts'
import type { Rollup } from '../core/rollup.ts'
import { BatchFilter, EVERYTHING, type Origin, type Query } from '../query/index.ts'
import type { LineBytes } from '../reading/sample.ts'
import { SignalCount } from './signal-count.ts'
import { SignalParts } from './signal-keys.ts'
import { BatchLines } from './signal-lines.ts'
import type { SignalStep } from './signal-step.ts'
import type { Signal } from '../core/signal.ts'

/** Counts the lines of one format for alert rules, until `flush`. Signals of the same filter share it. */
export class SignalAggregator {
  readonly #origin: Origin
  readonly #parts: SignalParts
  readonly #shared: readonly { readonly filter: BatchFilter; readonly counts: readonly SignalCount[] }[]

  constructor(signals: readonly Signal<Query>[], origin: Origin) {
    this.#origin = origin
    this.#parts = new SignalParts(origin)
    const byFilter = Map.groupBy(signals, ({ where }) => JSON.stringify(where))
    this.#shared = Array.from(byFilter.values(), same => ({
      filter: new BatchFilter(same[0]?.where ?? EVERYTHING, origin),
      counts: same.map(signal => new SignalCount(signal, origin.source))
    })).filter(({ filter }) => !filter.never)
  }

  /** Counts the rows of a batch of a scan that began at `offset` of the stream. */
  add(batch: Batch, bytes: LineBytes, offset: number, step: SignalStep): void {
    this.#parts.next()
    const lines = new BatchLines(batch, bytes, offset, this.#origin)
    for (const { filter, counts } of this.#shared) {
      const rows = filter.rows(batch)
      if (rows.length === 0) continue
      for (const count of counts) {
        const codes = count.add(batch, rows, this.#parts, step)
        const newest = count.newest(codes)
        if (newest.length === 0) continue
        const { signal } = count
        step.lines.add(
          signal,
          newest.map(i => lines.of(rows[i]!, signal.name, count.key(codes[i]!)))
        )
      }
    }
  }

  /** How many tables of counts it holds. */
  get tables(): number {
    return this.#shared.reduce((sum, { counts }) => counts.reduce((all, { cells }) => all + cells, sum), 0)
  }

  /** Moves all counts into `into`. Call it before a dictionary rotates, since the codes counted so far end there. */
  flush(into: Rollup): void {
    for (const { counts } of this.#shared) for (const count of counts) count.flush(into)
    this.#parts.forget()
  }
}
