import { keyOf, valuesOf, type EvidenceLine, type Signal } from '../core/signal.ts'
import { DAY, HOUR, MINUTE, type Micros } from '../core/time.ts'
import { windowOf, windowsOf, type Windowing } from '../core/window.ts'
import type { Query } from '../query/index.ts'
import { Series } from './series.ts'

/** What is remembered of one key, its value included. */
export interface KeyEntry {
  readonly key: string
  /** The key without the value, and the value; all of the key and nothing where a signal has none. */
  readonly group: string
  readonly value: string
  readonly series: Series
  /** Newest last. */
  lines: readonly EvidenceLine[]
}

/** How many cells a key may have on average, and how many of them a key itself is worth in memory. */
const CELLS = 50
const OWN = 8

/** How often it is looked for what can be forgotten, in event time. */
const SWEEP: Micros = MINUTE

/** What is remembered of one signal, in bounded memory. */
export class SignalMemory {
  readonly signal: Signal<Query>
  /** How many keys were forgotten since there were too many. */
  forgotten = 0
  readonly #maxKeys: number
  /** Both in the order in which they were last seen. */
  readonly #entries = new Map<string, KeyEntry>()
  readonly #groups = new Map<string, Map<string, KeyEntry>>()
  #room: number
  #swept = -Infinity
  /** What is still to be looked at for what can be forgotten. */
  #sweep: { readonly entries: Iterator<KeyEntry, undefined>; left: number } | undefined

  constructor(signal: Signal<Query>, maxKeys: number) {
    this.signal = signal
    this.#maxKeys = maxKeys
    this.#room = maxKeys * CELLS
  }

  add(key: string, start: Micros, count: number, sum: number): void {
    const entry = this.#entries.get(key) ?? this.#entryOf(key)
    const { series, group } = entry
    if (series.last !== start) this.#touch(entry)
    this.#room += series.cells
    series.add(start, count, sum)
    this.#room -= series.cells
    const values = this.#groups.get(group)
    if (values && values.size > (this.signal.value?.most ?? Infinity))
      this.#drop(values.values().next().value)
    while ((this.#entries.size > this.#maxKeys || this.#room < 0) && this.#entries.size > 1) {
      this.#drop(this.#entries.values().next().value)
      this.forgotten++
    }
  }

  show(line: EvidenceLine): void {
    const entry = this.#entries.get(line.key)
    if (entry && this.signal.lines > 0) entry.lines = [...entry.lines, line].slice(-this.signal.lines)
  }

  /** What is remembered under a key without a value. */
  under(key: string): Iterable<KeyEntry> {
    return this.#groups.get(key)?.values() ?? []
  }

  /** The same, or the one entry of a key with its value. */
  at(key: string): Iterable<KeyEntry> {
    const entry = this.#entries.get(key)
    return entry ? [entry] : this.under(key)
  }

  groups(): Iterable<string> {
    return this.#groups.keys()
  }

  /** No time before `at` is evaluated any more. Looks at so many keys at most; gives how many of them were not needed. */
  forget(at: Micros, keys: number): number {
    if (!this.#sweep) {
      if (at - this.#swept < SWEEP) return keys
      this.#sweep = { entries: this.#entries.values(), left: this.#entries.size }
      this.#swept = at
    }
    const { back, fine } = this.signal
    const [recent, windows] = [windowOf(at - fine, MINUTE), longer(this.signal, at)]
    for (; keys > 0 && this.#sweep.left > 0; keys--, this.#sweep.left--) {
      const { value: entry } = this.#sweep.entries.next()
      if (!entry) break
      this.#room += entry.series.cells
      entry.series.shorten(at - back, recent, windows)
      this.#room -= entry.series.cells
      if (entry.series.cells === 0) this.#drop(entry)
    }
    if (keys > 0) this.#sweep = undefined
    return keys
  }

  #entryOf(key: string): KeyEntry {
    this.#room -= OWN
    const values = this.signal.value ? valuesOf(key) : []
    const [group, value] = this.signal.value ? [keyOf(values.slice(0, -1)), values.at(-1) ?? ''] : [key, '']
    return { key, group, value, series: new Series(), lines: [] }
  }

  /** It was seen last from now on. */
  #touch(entry: KeyEntry): void {
    const { key, group, value } = entry
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const values = this.#groups.get(group) ?? new Map<string, KeyEntry>()
    values.delete(value)
    values.set(value, entry)
    this.#groups.set(group, values)
  }

  #drop(entry: KeyEntry | undefined): void {
    if (!entry) return
    const { key, group, value, series } = entry
    this.#room += series.cells + OWN
    this.#entries.delete(key)
    const values = this.#groups.get(group)
    values?.delete(value)
    if (values?.size === 0) this.#groups.delete(group)
  }
}

/** How cells are joined that are no longer looked at one by one. */
function longer({ step }: Signal<Query>, at: Micros): Windowing {
  const week = windowOf(at - 8 * DAY, HOUR)
  const [middle, old] = [windowsOf(Math.max(step, MINUTE)), windowsOf(HOUR)]
  return time => (time >= week ? middle : old)(time)
}
