import type { Tally } from '../core/rollup.ts'
import type { SignalDelta, EvidenceLine, Signal } from '../core/signal.ts'
import type { Micros } from '../core/time.ts'
import type { Query } from '../query/index.ts'
import { SignalMemory } from './signal-memory.ts'

/** How many keys of a signal are held for each that a step of reading may bring. */
const STEPS = 50

/** How many keys are looked at each time for what can be forgotten: nobody waits for all of them. */
const MAX_SWEPT = 500

/**
 * What is remembered of signals: their cells for as long as rules look back, in bounded memory. It does not depend on the
 * order in which they are added.
 */
export class Memory {
  readonly #signals: ReadonlyMap<string, SignalMemory>
  readonly #turns: readonly SignalMemory[]
  #turn = 0
  #since = Infinity
  readonly #counted = new Map<string, Micros>()
  /** The latest event time seen (start of its cell), -Infinity before any. */
  latest = -Infinity

  /**
   * `maxKeys`: how many keys of each signal are held, with their values; the ones unseen for longest are forgotten first. What
   * another memory holds of signals that are the same is taken over, and is no longer its own.
   */
  constructor(signals: readonly Signal<Query>[], maxKeys = 20_000, before?: Memory) {
    this.#signals = new Map(
      signals.map(signal => [
        signal.name,
        before?.heldAs(signal) ?? new SignalMemory(signal, Math.min(maxKeys, signal.limit * STEPS))
      ])
    )
    if (before) [this.#since, this.latest] = [before.#since, before.latest]
    this.#turns = [...this.#signals.values()]
  }

  /** What is held of a signal, where it is defined here as it is there. */
  heldAs(signal: Signal<Query>): SignalMemory | undefined {
    const held = this.#signals.get(signal.name)
    return held && JSON.stringify(held.signal) === JSON.stringify(signal) ? held : undefined
  }

  /** How many keys were forgotten before their time, since there were too many. */
  get forgotten(): number {
    return Array.from(this.#signals.values(), held => held.forgotten).reduce((sum, count) => sum + count, 0)
  }

  /** The event time (start of a cell) from which on a signal is known, Infinity while nothing is: of before nothing is. */
  since(signal: string): Micros {
    return Math.max(this.#since, this.#counted.get(signal) ?? -Infinity)
  }

  /** A signal has been counted since this event time only. */
  countedSince(signal: string, time: Micros): void {
    this.#counted.set(signal, time)
  }

  /** Adds what a step of reading (or the store, at the start) counted. */
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

  /** No rule will be evaluated at an event time before `at` any more: forgets, by and by, what none looks back to from there. */
  forget(at: Micros): void {
    let left = MAX_SWEPT
    for (let i = 0; i < this.#turns.length && left > 0; i++) {
      left = this.#turns[this.#turn % this.#turns.length]?.forget(at, left) ?? left
      if (left > 0) this.#turn++
    }
  }

  /** Count and sum of a key over the cells that begin in [from, to). For a signal with `value`, over all values. */
  sum(signal: string, key: string, from: Micros, to: Micros): Tally {
    const total = { count: 0, sum: 0 }
    for (const { series } of this.#signals.get(signal)?.under(key) ?? []) {
      const { count, sum } = series.tally(from, to)
      total.count += count
      total.sum += sum
    }
    return total
  }

  /** For a signal with `value`: its values (last part of the keys) under a key in [from, to). */
  values(signal: string, key: string, from: Micros, to: Micros): ReadonlyMap<string, Tally> {
    const found = new Map<string, Tally>()
    for (const { series, value } of this.#signals.get(signal)?.under(key) ?? []) {
      const tally = series.tally(from, to)
      if (tally.count > 0) found.set(value, tally)
    }
    return found
  }

  /** The keys (without `value`) that are held. */
  keys(signal: string): Iterable<string> {
    return this.#signals.get(signal)?.groups() ?? []
  }

  /** Start of the first and the last cell of a key (without `value` or with it) that are held; absent when none is. */
  span(signal: string, key: string): { first: number; last: number } | undefined {
    const all = [...(this.#signals.get(signal)?.at(key) ?? [])]
    if (all.length === 0) return undefined
    return {
      first: Math.min(...all.map(({ series }) => series.first)),
      last: Math.max(...all.map(({ series }) => series.last))
    }
  }

  /** The newest lines of a key (without `value` or with it), oldest first. */
  lines(signal: string, key: string): readonly EvidenceLine[] {
    const held = this.#signals.get(signal)
    if (!held) return []
    const lines = Array.from(held.at(key), entry => entry.lines).flat()
    return lines.toSorted((a, b) => a.time - b.time).slice(-held.signal.lines)
  }
}
