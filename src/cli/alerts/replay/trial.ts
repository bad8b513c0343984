import { Replay, type Slot } from '../../../alerts/replay.ts'
import { evaluate, facetsOf, signalsOf, type Rule } from '../../../alerts/rules/index.ts'
import type { CellRows } from '../../../core/rows.ts'
import { keyOf, valuesOf, type Signal } from '../../../core/signal.ts'
import { toMillis, type Millis } from '../../../core/time.ts'
import type { Query } from '../../../query/index.ts'
import { Peaks } from './peaks.ts'

/** A replay of one rule that notes which values it had. */
export class Trial {
  readonly replay: Replay
  readonly peaks = new Peaks()
  readonly #rule: Rule
  readonly #maxLateness: Millis
  /** What the rule counts itself, by name. */
  readonly #own: ReadonlyMap<string, Signal<Query>>

  /** `maxLateness` is how old lines may be to be evaluated. */
  constructor(rule: Rule, maxLateness: Millis) {
    const facets = new Set(facetsOf(rule).map(({ name }) => name))
    const own = signalsOf(rule).filter(({ name }) => !facets.has(name))
    this.#rule = rule
    this.#maxLateness = maxLateness
    this.#own = new Map(own.map(signal => [signal.name, signal]))
    this.replay = new Replay([rule], maxLateness, ({ rule: { name }, at, evaluation }) => {
      if (name === rule.name) this.peaks.add(at, evaluation)
    })
  }

  take(slot: Slot): void {
    this.replay.take(slot)
    this.#sample(slot.rows)
  }

  /** Notes the values of all keys that lines have come for, those too that are surely good. */
  #sample(rows: readonly CellRows[]): void {
    const { clock, known } = this.replay
    const seen = new Set<string>()
    for (const { metric, window, keys } of rows) {
      const signal = this.#own.get(metric)
      if (!signal || toMillis(window) < clock - this.#maxLateness) continue
      for (const whole of keys) {
        const key = signal.value ? keyOf(valuesOf(whole).slice(0, -1)) : whole
        const id = `${window} ${key}`
        if (seen.has(id)) continue
        seen.add(id)
        const end = window + signal.step
        this.peaks.add(toMillis(end), evaluate(this.#rule, known, key, end))
      }
    }
  }
}
