import { keyOf, valuesOf, type SignalDelta } from '../core/signal.ts'
import { signalsOf, type Rule } from './rules/index.ts'
import type { Signal } from './signal.ts'

/** Keys of a rule to be evaluated at a moment (microseconds of event time): the end of a cell that lines have come into. */
export interface Touched {
  readonly rule: Rule
  readonly at: number
  readonly keys: ReadonlySet<string>
}

/** Finds what is to be evaluated since lines have come. */
export class Touches {
  readonly #byMetric: ReadonlyMap<string, { readonly rule: Rule; readonly signal: Signal }>

  constructor(rules: readonly Rule[]) {
    this.#byMetric = new Map(
      rules.flatMap(rule => {
        const [signal] = signalsOf(rule)
        return signal ? [[signal.name, { rule, signal }]] : []
      })
    )
  }

  /** The earliest moment first, each key once a moment; none from before `from` (microseconds). */
  of({ rows }: SignalDelta, from: number): Touched[] {
    const found = new Map<string, { readonly rule: Rule; readonly at: number; readonly keys: Set<string> }>()
    for (const { metric, window, keys } of rows) {
      const { rule, signal } = this.#byMetric.get(metric) ?? {}
      if (!rule || !signal || window + signal.step < from) continue
      const id = `${window} ${metric}`
      const touched = found.get(id) ?? { rule, at: window + signal.step, keys: new Set() }
      found.set(id, touched)
      for (const key of keys) touched.keys.add(signal.value ? keyOf(valuesOf(key).slice(0, -1)) : key)
    }
    return [...found.values()].toSorted((a, b) => a.at - b.at)
  }
}
