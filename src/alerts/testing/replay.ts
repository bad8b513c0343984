import { SignalReader } from '../../engines/embedded/signal-reader.ts'
import { chooseFormat } from '../../reading/choose.ts'
import { NO_STATE } from '../../scanner/index.ts'
import type { SignalDelta, Signal } from '../../core/signal.ts'
import { keyOf, valuesOf } from '../../core/signal.ts'
import { QueueStream } from '../../sources/queue.ts'
import { Cells } from '../cells.ts'
import { HEALTHY } from '../health.ts'
import type { EvaluationResult } from '../model.ts'
import { evaluate, signalsOf, watchedOf, type Rule } from '../rules/index.ts'
import type { Query } from '../../query/index.ts'

const SECOND = 1e6
const MINUTE = 60 * SECOND

/** How late lines may be to be evaluated, and how often all is evaluated as time goes by. */
const LATE = 10 * MINUTE
const TICK = 10 * SECOND
/** How long a silence is evaluated: what comes later is no other than before. */
const PATIENCE = 20 * MINUTE

/** Something that fired. */
export interface Fired {
  readonly rule: string
  readonly key: string
  /** Event time in microseconds. */
  readonly at: number
  readonly evaluation: EvaluationResult
}

/** Rules evaluated over lines by a clock that follows event time: what a daemon would have found, had it read them as they were written. */
export class Replay {
  readonly fired: Fired[] = []
  readonly cells: Cells
  readonly #rules: readonly { readonly rule: Rule; readonly main: Signal<Query> | undefined }[]
  readonly #streams = new Map<string, { readonly stream: QueueStream; readonly reader: SignalReader }>()
  readonly #signals: readonly Signal<Query>[]
  /** Since when a rule is bad for a key. */
  readonly #bad = new Map<string, { since: number; fired: boolean }>()
  #clock = -Infinity
  #ticked = -Infinity

  /** `more`: what is counted besides. */
  constructor(rules: readonly Rule[], more: readonly Signal<Query>[] = []) {
    const signals = [...rules.flatMap(signalsOf), ...more]
    this.#rules = rules.map(rule => ({ rule, main: signalsOf(rule)[0] }))
    this.cells = new Cells(signals)
    this.#signals = signals
  }

  /** Reads lines of a source, whose format is detected where none is told, and evaluates. */
  read(name: string, bytes: Uint8Array, format?: string): void {
    const { stream, reader } = this.#open(name, bytes, format)
    stream.push(bytes)
    // The last line of an error log does not go on.
    while (stream.pending > 0) {
      const { rows, lines, consumed } = reader.read(stream, { now: Date.now() * 1000, settled: () => true })
      if (consumed === 0) throw new Error(`${name}: a line does not end`)
      if (rows.length > 0) this.#take({ rows, lines, read: 0, counted: 0 })
    }
  }

  #open(name: string, bytes: Uint8Array, format: string | undefined) {
    let open = this.#streams.get(name)
    if (!open) {
      const stream = new QueueStream(name, name)
      stream.push(bytes)
      const chosen = chooseFormat(stream, format)
      stream.advance(bytes.length)
      if (!chosen || 'problem' in chosen) throw new Error(`${name}: ${chosen?.problem}`)
      const reader = new SignalReader(name, this.#signals, { choice: chosen.choice, scan: NO_STATE }, 'UTC')
      open = { stream, reader }
      this.#streams.set(name, open)
    }
    return open
  }

  #take(delta: SignalDelta): void {
    const earliest = this.#clock - LATE
    this.cells.add(delta)
    const due = this.#rules.flatMap(({ rule, main }) =>
      touched(main, delta).map(([at, keys]) => ({ rule, at, keys }))
    )
    for (const { rule, at, keys } of due.toSorted((a, b) => a.at - b.at)) {
      if (at < earliest) continue
      this.advance(at)
      for (const key of keys) this.#evaluate(rule, key, at)
    }
    this.cells.forget(this.#clock - LATE)
  }

  /** The clock goes on to a moment (microseconds), and all that is watched is evaluated on the way. */
  advance(to: number): void {
    const begin = Math.max(this.#ticked, this.#clock === -Infinity ? to : -Infinity)
    this.#clock = Math.max(this.#clock, to)
    const last = Math.floor(this.#clock / TICK) * TICK
    this.#ticked = Math.max(last, begin)
    for (let at = Math.floor(begin / TICK) * TICK + TICK; at <= Math.min(last, begin + PATIENCE); at += TICK)
      for (const { rule } of this.#rules) {
        const keys = new Set(watchedOf(rule, this.#known))
        for (const id of this.#bad.keys())
          if (id.startsWith(`${rule.name} `)) keys.add(id.slice(rule.name.length + 1))
        for (const key of keys) this.#evaluate(rule, key, at)
      }
  }

  get #known() {
    return { memory: this.cells, health: HEALTHY }
  }

  #evaluate(rule: Rule, key: string, at: number): void {
    const id = `${rule.name} ${key}`
    const evaluation = evaluate(rule, this.#known, key, at)
    if (evaluation.state !== 'bad') {
      if (evaluation.state === 'good') this.#bad.delete(id)
      return
    }
    const known = this.#bad.get(id) ?? { since: at, fired: false }
    this.#bad.set(id, known)
    if (known.fired || at - known.since < rule.for * 1000) return
    known.fired = true
    this.fired.push({ rule: rule.name, key, at, evaluation })
  }
}

/** The ends of the cells that a delta touched of a rule's first signal, with the keys. */
function touched(main: Signal<Query> | undefined, { rows }: SignalDelta): [at: number, keys: Set<string>][] {
  const found = new Map<number, Set<string>>()
  for (const { metric, window, keys } of rows) {
    if (!main || metric !== main.name) continue
    const at = window + main.step
    const all = found.get(at) ?? new Set()
    found.set(at, all)
    for (const key of keys) all.add(main.value ? keyOf(valuesOf(key).slice(0, -1)) : key)
  }
  return [...found]
}
