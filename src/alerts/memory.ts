import type { Tally } from '../core/rollup.ts'
import type { SignalDelta, SignalLine } from '../core/signal.ts'

/** What is remembered of signals: their cells for as long as rules look back, in bounded memory. Event times in microseconds. */
export interface Memory {
  /** Adds what a step of reading (or the store, at the start) counted. */
  add(delta: SignalDelta): void
  /** Forgets what no rule looks back to any more at the event time `at`. */
  forget(at: number): void
  /** Count and sum of a key over the cells that begin in [from, to). For a signal with `value`, over all values. */
  sum(signal: string, key: string, from: number, to: number): Tally
  /** For a signal with `value`: its values (last part of the keys) under a key in [from, to). */
  values(signal: string, key: string, from: number, to: number): ReadonlyMap<string, Tally>
  /** The keys (without `value`) that are held. */
  keys(signal: string): Iterable<string>
  /** Start of the first and the last cell in which a key was ever counted; absent when it is not held. */
  span(signal: string, key: string): { readonly first: number; readonly last: number } | undefined
  /** The start of the first cell of a signal that was ever counted, over all keys: since when it is known. */
  since(signal: string): number | undefined
  /** The newest lines of a key, oldest first. */
  lines(signal: string, key: string): readonly SignalLine[]
  /** The latest event time seen (start of its cell), -Infinity before any. */
  readonly latest: number
}
