import type { Tally } from '../core/rollup.ts'
import type { SignalDelta, EvidenceLine, Signal } from '../core/signal.ts'
import type { Micros } from '../core/time.ts'
import type { Query } from '../query/index.ts'
import type { Memory } from './memory.ts'
import { SignalMemory } from './signal-memory.ts'

export interface CellsOptions {
  /** How many keys of each signal are held at most, with their values; the ones unseen for longest are forgotten first. */
  readonly keys?: number
}

/** How many keys of a signal are held for each that a step of reading may bring. */
const STEPS = 50

/** How many keys are looked at each time for what can be forgotten: nobody waits for all of them. */
const MAX_SWEPT = 500

/** The memory of rules: the cells of their signals. It does not depend on the order in which they are added. */
export class Cells implements Memory {
  readonly #signals: ReadonlyMap<string, SignalMemory>
  readonly #turns: readonly SignalMemory[]
  #turn = 0
  #since = Infinity
  readonly #counted = new Map<string, Micros>()
  latest = -Infinity

  constructor(signals: readonly Signal<Query>[], { keys = 20_000 }: CellsOptions = {}) {
    this.#signals = new Map(
      signals.map(signal => [signal.name, new SignalMemory(signal, Math.min(keys, signal.limit * STEPS))])
    )
    this.#turns = [...this.#signals.values()]
  }

  get forgotten(): number {
    return Array.from(this.#signals.values(), held => held.forgotten).reduce((sum, count) => sum + count, 0)
  }

  since(signal: string): Micros {
    return Math.max(this.#since, this.#counted.get(signal) ?? -Infinity)
  }

  /** A signal has been counted since this event time only. */
  countedSince(signal: string, time: Micros): void {
    this.#counted.set(signal, time)
  }

  add({ rows, lines }: SignalDelta): void {
    for (const { metric, window, keys, counts, sums } of rows) {
      const held = this.#signals.get(metric)
      if (!held) continue
      for (const [i, key] of keys.entries()) held.add(key, window, counts[i] ?? 0, sums[i] ?? 0)
      this.#since = Math.min(this.#since, window)
      this.latest = Math.max(this.latest, window)
    }
    for (const line of lines) this.#signals.get(line.signal)?.show(line)
  }

  forget(at: Micros): void {
    let left = MAX_SWEPT
    for (let i = 0; i < this.#turns.length && left > 0; i++) {
      left = this.#turns[this.#turn % this.#turns.length]?.forget(at, left) ?? left
      if (left > 0) this.#turn++
    }
  }

  sum(signal: string, key: string, from: Micros, to: Micros): Tally {
    const total = { count: 0, sum: 0 }
    for (const { series } of this.#signals.get(signal)?.under(key) ?? []) {
      const { count, sum } = series.tally(from, to)
      total.count += count
      total.sum += sum
    }
    return total
  }

  values(signal: string, key: string, from: Micros, to: Micros): ReadonlyMap<string, Tally> {
    const found = new Map<string, Tally>()
    for (const { series, value } of this.#signals.get(signal)?.under(key) ?? []) {
      const tally = series.tally(from, to)
      if (tally.count > 0) found.set(value, tally)
    }
    return found
  }

  keys(signal: string): Iterable<string> {
    return this.#signals.get(signal)?.groups() ?? []
  }

  span(signal: string, key: string): { first: number; last: number } | undefined {
    const all = [...(this.#signals.get(signal)?.at(key) ?? [])]
    if (all.length === 0) return undefined
    return {
      first: Math.min(...all.map(({ series }) => series.first)),
      last: Math.max(...all.map(({ series }) => series.last))
    }
  }

  lines(signal: string, key: string): readonly EvidenceLine[] {
    const held = this.#signals.get(signal)
    if (!held) return []
    const lines = Array.from(held.at(key), entry => entry.lines).flat()
    return lines.toSorted((a, b) => a.time - b.time).slice(-held.signal.lines)
  }
}
