import { Alerts } from '../../../alerts/alerts.ts'
import { HEALTHY } from '../../../alerts/health.ts'
import { Evaluator } from '../../../alerts/evaluator.ts'
import { evaluation, type Evaluated } from '../../../alerts/life.ts'
import type { Alert } from '../../../alerts/model.ts'
import { alertsOptions, rulesOf } from '../../../alerts/options.ts'
import { facetsOf, evaluate, signalsOf, type Rule } from '../../../alerts/rules/index.ts'
import type { CellRows } from '../../../core/rows.ts'
import { keyOf, valuesOf, type Signal } from '../../../core/signal.ts'
import { Peaks } from './peaks.ts'
import { SLOT, type Slot } from './together.ts'
import type { Query } from '../../../query/index.ts'

/** How often all that is watched is evaluated as time goes by, in milliseconds. */
const TICK = SLOT / 1000

/** Looks at all lines and never fires: so it is known since when there are any, as with the ready-made rules. */
const [WITNESS] = rulesOf(
  alertsOptions.parse({
    defaults: false,
    rules: { witness: { type: 'count', over: Number.MAX_SAFE_INTEGER, window: '1s' } }
  })
)

/** A rule evaluated over event time, as alerting does it: what would have fired, and which values it had. */
export class Trial {
  readonly signals: readonly Signal<Query>[]
  readonly peaks = new Peaks()
  /** Those that have fired, in the order in which they did; as they were when they were resolved, or are. */
  readonly fired = new Map<string, Alert>()
  readonly #rule: Rule
  readonly #late: number
  readonly #evaluator: Evaluator
  /** What the rule counts itself, by name. */
  readonly #own: ReadonlyMap<string, Signal<Query>>
  readonly #alerts: Alerts
  /** When the last alert of a key was bad last: none begins before. */
  readonly #ended = new Map<string, number>()
  /** The end of the last slot, in milliseconds; Infinity before any. */
  #clock = Infinity

  /** `late` is how old lines may be to be evaluated, in milliseconds. */
  constructor(rule: Rule, late: number) {
    const rules = [rule, ...(WITNESS ? [WITNESS] : [])]
    const facets = new Set(rules.flatMap(facetsOf).map(({ name }) => name))
    this.#rule = rule
    this.#late = late
    this.#alerts = new Alerts(new Map(rules.map(rule => [rule.name, rule])), { alerts: [], groups: [] })
    this.#evaluator = new Evaluator(rules, this.#alerts, { maxLateness: late, delay: 0 })
    // Whose share grew is not asked.
    this.signals = this.#evaluator.signals
      .filter(({ name }) => !facets.has(name))
      .map(signal => ({ ...signal, lines: 0 }))
    const own = signalsOf(rule).filter(({ name }) => !facets.has(name))
    this.#own = new Map(own.map(signal => [signal.name, signal]))
  }

  /** Takes what was counted in the next slot, and evaluates. */
  take({ from, rows }: Slot): void {
    const [begin, end] = [from / 1000, (from + SLOT) / 1000]
    // While no lines come, what is watched is evaluated all the same.
    for (let now = this.#clock + TICK; now <= begin; now += TICK) this.#tick(now)
    this.#clock = this.#clock === Infinity ? end : Math.max(this.#clock, end)
    const delta = { rows, lines: [], read: 0, counted: 0 }
    for (const evaluated of this.#evaluator.ofLines(delta, this.#clock)) this.#evaluate(evaluated)
    this.#sample(rows)
    this.#tick(this.#clock)
  }

  /** Notes the values of all keys that lines have come for, those too that are surely good. */
  #sample(rows: readonly CellRows[]): void {
    const seen = new Set<string>()
    for (const { metric, window, keys } of rows) {
      const signal = this.#own.get(metric)
      if (!signal || window / 1000 < this.#clock - this.#late) continue
      for (const whole of keys) {
        const key = signal.value ? keyOf(valuesOf(whole).slice(0, -1)) : whole
        const id = `${window} ${key}`
        if (seen.has(id)) continue
        seen.add(id)
        const end = window + signal.step
        this.peaks.add(end / 1000, evaluate(this.#rule, this.#evaluator.known, key, end))
      }
    }
  }

  #tick(now: number): void {
    for (const evaluated of this.#evaluator.ofTime(HEALTHY, now)) {
      if (evaluated.rule === this.#rule) this.peaks.add(evaluated.at, evaluated.evaluation)
      this.#evaluate(evaluated)
    }
  }

  #evaluate(evaluated: Evaluated): void {
    const { rule, key, at } = evaluated
    if (rule !== this.#rule) return
    const before = this.#alerts.get(rule.name, key)
    if (!before && at <= (this.#ended.get(key) ?? -Infinity)) return
    const { alert } = evaluation(before, evaluated)
    if (!alert && before) this.#alerts.drop(before)
    if (!alert) return
    this.#alerts.put(alert)
    if (alert.phase === 'resolved') this.#ended.set(key, alert.bad)
    if (alert.fired !== undefined) this.fired.set(alert.id, alert)
  }
}
