import type { SignalDelta } from '../core/signal.ts'
import type { Alerts } from './alerts.ts'
import { Cells } from './cells.ts'
import { EVIDENCE_SIGNALS } from './evidence.ts'
import { HEALTHY, type Health } from './health.ts'
import type { Evaluated } from './life.ts'
import type { EvaluationResult } from './model.ts'
import { isBehind } from './rules/behind.ts'
import { isCalm, evaluate, signalsOf, watchedOf, type Known, type Rule } from './rules/index.ts'
import type { Signal } from './signal.ts'
import { Touches } from './touched.ts'

/** How many alerts a rule may have at a time. */
const MOST = 1000

/** How long lines are on their way, and how late they may come and still be evaluated; in milliseconds. */
export interface Delays {
  readonly grace: number
  readonly late: number
}

/** What is known, and what rules say of it. `now` is the clock in milliseconds since 1970. */
export class Evaluator {
  /** What engines are to count: each signal once. */
  readonly signals: readonly Signal[]
  readonly #rules: readonly Rule[]
  readonly #alerts: Alerts
  readonly #delays: Delays
  readonly #memory: Cells
  readonly #touches: Touches
  /** Length of the cells of rules in microseconds; of those that count lines. */
  readonly #steps: ReadonlyMap<string, number>
  #health: Health = HEALTHY

  constructor(rules: readonly Rule[], alerts: Alerts, delays: Delays) {
    const all = [...rules.flatMap(signalsOf), ...EVIDENCE_SIGNALS]
    this.signals = [...new Map(all.map(signal => [signal.name, signal])).values()]
    this.#rules = rules
    this.#alerts = alerts
    this.#delays = delays
    this.#memory = new Cells(this.signals)
    this.#touches = new Touches(rules)
    this.#steps = new Map(
      rules.flatMap(rule =>
        signalsOf(rule)
          .slice(0, 1)
          .map(({ step }) => [rule.name, step])
      )
    )
  }

  get known(): Known {
    return { memory: this.#memory, health: this.#health }
  }

  backfill(delta: SignalDelta): void {
    this.#memory.add(delta)
  }

  /** What is said of the keys that lines have come for: at the ends of their cells, the earliest first. */
  *ofLines(delta: SignalDelta, now: number): Generator<Evaluated> {
    const from = (now - this.#delays.late) * 1000
    this.#memory.add(delta)
    for (const { rule, at, keys } of this.#touches.of(delta, from))
      for (const key of keys) {
        if (this.#isNothing(rule, key, at)) continue
        const evaluation = evaluate(rule, this.known, key, at)
        yield this.#evaluated(rule, key, at > this.#memory.latest ? ofOpen(evaluation) : evaluation, at)
      }
    this.#memory.forget(from)
  }

  /** What is said of alerts and of what is watched, as time goes by. */
  *ofTime(health: Health, now: number): Generator<Evaluated> {
    this.#health = health
    for (const rule of this.#rules) {
      const at = this.momentOf(rule, now)
      const keys = new Set(this.#alerts.ofRule(rule.name).map(({ key }) => key))
      for (const key of watchedOf(rule, this.known)) keys.add(key)
      for (const key of keys) {
        if (this.#isNothing(rule, key, at)) continue
        const evaluation = evaluate(rule, this.known, key, at)
        if (evaluation.state === 'bad' || !this.#isAhead(rule, key, at))
          yield this.#evaluated(rule, key, evaluation, at)
      }
    }
    this.#memory.forget((now - this.#delays.late) * 1000)
  }

  /** Whether a rule has as many alerts as are of use. */
  isFull({ name }: Rule): boolean {
    return this.#alerts.count(name) >= MOST
  }

  /** The end of the last window that can be evaluated of a rule at a moment of the clock: event time in microseconds. */
  momentOf({ name }: Rule, now: number): number {
    const step = this.#steps.get(name)
    if (step === undefined) return now * 1000
    const reached = Math.max(this.#memory.latest, (now - this.#delays.grace) * 1000)
    return Math.floor(Math.min(reached, now * 1000) / step) * step
  }

  /** Whether a key surely has and gets no alert. */
  #isNothing(rule: Rule, key: string, at: number): boolean {
    return !this.#alerts.get(rule.name, key) && (this.isFull(rule) || isCalm(rule, this.#memory, key, at))
  }

  #evaluated(rule: Rule, key: string, evaluation: EvaluationResult, end: number): Evaluated {
    return { rule, key, evaluation, end, at: (end - (this.#steps.get(rule.name) ?? 0)) / 1000 }
  }

  /** Whether lines of before a moment wait to be read: that there are none yet says nothing. */
  #isAhead(rule: Rule, key: string, at: number): boolean {
    return at > this.#memory.latest && this.#steps.has(rule.name) && isBehind(rule, this.known, key)
  }
}

/** What is said of a window whose last cell still gets lines: that there are too few will be known when it is full. */
function ofOpen(evaluation: EvaluationResult): EvaluationResult {
  const { state, value = evaluation.threshold, threshold } = evaluation
  return state === 'bad' && value < threshold ? { ...evaluation, state: 'between' } : evaluation
}
