import type { CellRows } from '../core/rows.ts'
import type { Signal } from '../core/signal.ts'
import { SECOND, toMillis, type Micros, type Millis } from '../core/time.ts'
import type { Query } from '../query/index.ts'
import { Alerts } from './alerts.ts'
import { Evaluator } from './evaluator.ts'
import { withEnded } from './flap.ts'
import { HEALTHY } from './health.ts'
import { evaluation, type Evaluated } from './life.ts'
import type { Alert } from './model.ts'
import { alertsOptions, rulesOf } from './options.ts'
import { facetsOf, type EvaluationContext, type Rule } from './rules/index.ts'

/** How much event time is taken at once, and how often all that is watched is evaluated as time goes by. */
export const SLOT: Micros = 10 * SECOND

/** The cells of all logs that begin in one slot of event time, which begins at `from`. */
export interface Slot {
  readonly from: Micros
  readonly rows: readonly CellRows[]
}

/** Looks at all lines and never fires: so it is known since when there are any, as with the ready-made rules. */
const WITNESS = rulesOf(
  alertsOptions.parse({
    defaults: false,
    rules: { witness: { type: 'count', over: Number.MAX_SAFE_INTEGER, window: '1s' } }
  })
)

/** Rules evaluated over lines by a clock that follows event time: what would have fired, had they been watched. */
export class Replay {
  /** What is to be counted. */
  readonly signals: readonly Signal<Query>[]
  /** Those that have fired, by id in the order in which they did; as they were when they were resolved, or are. */
  readonly fired = new Map<string, Alert>()
  readonly #evaluator: Evaluator
  readonly #alerts: Alerts
  readonly #observe: (evaluated: Evaluated) => void
  /** The end of the last slot; Infinity before any. */
  #clock: Millis = Infinity

  /** `maxLateness` is how old lines may be to be evaluated; `observe` sees each evaluation. */
  constructor(
    rules: readonly Rule[],
    maxLateness: Millis,
    observe: (evaluated: Evaluated) => void = () => {}
  ) {
    const all = [...rules, ...WITNESS]
    const facets = new Set(all.flatMap(facetsOf).map(({ name }) => name))
    this.#observe = observe
    this.#alerts = new Alerts(new Map(all.map(rule => [rule.name, rule])), { alerts: [], groups: [] })
    this.#evaluator = new Evaluator(all, this.#alerts, { maxLateness, delay: 0 })
    // Whose share grew is not asked.
    this.signals = this.#evaluator.signals
      .filter(({ name }) => !facets.has(name))
      .map(signal => ({ ...signal, lines: 0 }))
  }

  /** What rules know now. */
  get known(): EvaluationContext {
    return this.#evaluator.known
  }

  get clock(): Millis {
    return this.#clock
  }

  /** Takes what was counted in the next slot, and evaluates. */
  take({ from, rows }: Slot): void {
    const [begin, end, tick] = [toMillis(from), toMillis(from + SLOT), toMillis(SLOT)]
    // While no lines come, what is watched is evaluated all the same.
    for (let now = this.#clock + tick; now <= begin; now += tick) this.#tick(now)
    this.#clock = this.#clock === Infinity ? end : Math.max(this.#clock, end)
    const delta = { rows, lines: [], read: 0, counted: 0 }
    for (const evaluated of this.#evaluator.ofLines(delta, this.#clock)) this.#evaluate(evaluated)
    this.#tick(this.#clock)
  }

  #tick(now: Millis): void {
    for (const evaluated of this.#evaluator.ofTime(HEALTHY, now)) this.#evaluate(evaluated)
  }

  #evaluate(evaluated: Evaluated): void {
    const { rule, key } = evaluated
    this.#observe(evaluated)
    const before = this.#alerts.get(rule.name, key)
    if (!before && this.#alerts.isOver(evaluated)) return
    const { alert } = evaluation(before, evaluated)
    if (!alert && before) this.#alerts.drop(before)
    if (!alert) return
    this.#alerts.put(alert)
    if (alert.phase === 'resolved') this.#alerts.remember(withEnded(undefined, alert, this.#clock))
    if (alert.fired !== undefined) this.fired.set(alert.id, alert)
  }
}
