import type { Tally } from '../core/rollup.ts'
import type { SignalDelta, EvidenceLine } from '../core/signal.ts'
import type { Micros } from '../core/time.ts'

/** What is remembered of signals: their cells for as long as rules look back, in bounded memory. */
export interface Memory {
  /** Adds what a step of reading (or the store, at the start) counted. */
  add(delta: SignalDelta): void
  /** No rule will be evaluated at an event time before `at` any more: forgets, by and by, what none looks back to from there. */
  forget(at: Micros): void
  /** Count and sum of a key over the cells that begin in [from, to). For a signal with `value`, over all values. */
  sum(signal: string, key: string, from: Micros, to: Micros): Tally
  /** For a signal with `value`: its values (last part of the keys) under a key in [from, to). */
  values(signal: string, key: string, from: Micros, to: Micros): ReadonlyMap<string, Tally>
  /** The keys (without `value`) that are held. */
  keys(signal: string): Iterable<string>
  /** Start of the first and the last cell of a key (without `value` or with it) that are held; absent when none is. */
  span(signal: string, key: string): { readonly first: Micros; readonly last: Micros } | undefined
  /** The newest lines of a key (without `value` or with it), oldest first. */
  lines(signal: string, key: string): readonly EvidenceLine[]
  /** The event time (start of a cell) from which on a signal is known, Infinity while nothing is: of before nothing is. */
  since(signal: string): Micros
  /** The latest event time seen (start of its cell), -Infinity before any. */
  readonly latest: Micros
  /** How many keys were forgotten before their time, since there were too many. */
  readonly forgotten: number
}
