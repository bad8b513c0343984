import { keyOf, valuesOf, type SignalDelta, type Signal } from '../core/signal.ts'
import { toMicros, toMillis, type Micros, type Millis } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import type { Query } from '../query/index.ts'
import type { Alerts } from './alerts.ts'
import { Memory } from './memory.ts'
import type { Coverage } from './coverage.ts'
import { EVIDENCE_SIGNALS } from './evidence.ts'
import { HEALTHY, type Health } from './health.ts'
import type { Evaluated } from './life.ts'
import type { EvaluationResult } from './model.ts'
import { isBehind } from './rules/behind.ts'
import { evaluate, isCalm, signalsOf, watchedOf, type EvaluationContext, type Rule } from './rules/index.ts'

/** How many alerts a rule may have at a time. */
const MAX_ALERTS = 1000

/** How long lines are on their way, and how late they may come and still be evaluated. */
export interface Delays {
  readonly delay: Millis
  readonly maxLateness: Millis
}

/** What is known, and what rules find in it. `now` is the clock, in milliseconds since 1970. */
export class Evaluator {
  /** What engines are to count: each signal once. */
  readonly signals: readonly Signal<Query>[]
  readonly #rules: readonly Rule[]
  readonly #alerts: Alerts
  readonly #delays: Delays
  readonly #memory: Memory
  /** The first signal of each rule, which it is about, by the rule's name; of those that count lines. */
  readonly #main: ReadonlyMap<string, { readonly rule: Rule; readonly signal: Signal<Query> }>
  #health: Health

  /** `before`: whoever evaluated up to now, and does no more; what it remembers of signals that are the same is taken over. */
  constructor(rules: readonly Rule[], alerts: Alerts, delays: Delays, before?: Evaluator) {
    const all = [...rules.flatMap(signalsOf), ...EVIDENCE_SIGNALS]
    this.signals = [...new Map(all.map(signal => [signal.name, signal])).values()]
    this.#rules = rules
    this.#alerts = alerts
    this.#delays = delays
    this.#memory = new Memory(this.signals, undefined, before?.known.memory)
    this.#health = before?.known.health ?? HEALTHY
    this.#main = new Map(
      rules.flatMap(rule => {
        const [signal] = signalsOf(rule)
        return signal ? [[signal.name, { rule, signal }]] : []
      })
    )
  }

  /** Those of these signals that it does not hold as they are defined there. */
  missing(signals: readonly Signal<Query>[]): Signal<Query>[] {
    return signals.filter(signal => !this.#memory.heldAs(signal))
  }

  get known(): EvaluationContext {
    return { memory: this.#memory, health: this.#health }
  }

  backfill(delta: SignalDelta): void {
    this.#memory.add(delta)
  }

  /** Of signals that were not always counted, rules know nothing of before. */
  cover(coverage: Coverage): void {
    for (const rule of this.#rules) {
      const since = coverage.sinceOf(rule)
      if (since !== undefined) this.#memory.countedSince(rule.name, toMicros(since))
    }
  }

  /** The results for the keys that lines have come for: at the ends of their cells, the earliest first. */
  *ofLines(delta: SignalDelta, now: Millis): Generator<Evaluated> {
    const from = toMicros(now - this.#delays.maxLateness)
    this.#memory.add(delta)
    for (const { rule, at, keys } of this.#affected(delta, from))
      for (const key of keys) {
        if (this.#isNothing(rule, key, at)) continue
        const evaluation = evaluate(rule, this.known, key, at)
        yield this.#evaluated(rule, key, at > this.#memory.latest ? ofOpen(evaluation) : evaluation, at)
      }
    this.#memory.forget(from)
  }

  /** The results for alerts and for what is watched, as time goes by. */
  *ofTime(health: Health, now: Millis): Generator<Evaluated> {
    this.#health = health
    for (const rule of this.#rules) {
      const at = this.evaluationTime(rule, now)
      const keys = new Set(this.#alerts.ofRule(rule.name).map(({ key }) => key))
      for (const key of watchedOf(rule, this.known)) keys.add(key)
      for (const key of keys) {
        if (this.#isNothing(rule, key, at)) continue
        const evaluation = evaluate(rule, this.known, key, at)
        if (evaluation.state === 'bad' || !this.#isAhead(rule, key, at))
          yield this.#evaluated(rule, key, evaluation, at)
      }
    }
    this.#memory.forget(toMicros(now - this.#delays.maxLateness))
  }

  /** Whether a rule has as many alerts as are of use. */
  isFull({ name }: Rule): boolean {
    return this.#alerts.count(name) >= MAX_ALERTS
  }

  /** The end of the last window of a rule that can be evaluated at a time of the clock. */
  evaluationTime({ name }: Rule, now: Millis): Micros {
    const step = this.#main.get(name)?.signal.step
    if (step === undefined) return toMicros(now)
    const reached = Math.max(this.#memory.latest, toMicros(now - this.#delays.delay))
    return windowOf(Math.min(reached, toMicros(now)), step)
  }

  /**
   * Keys of rules to be evaluated at an event time: the end of a cell that lines have come into. The earliest first, each
   * key once a cell; none from before `from`.
   */
  #affected({ rows }: SignalDelta, from: Micros) {
    const found = new Map<string, { rule: Rule; at: Micros; keys: Set<string> }>()
    for (const { metric, window, keys } of rows) {
      const { rule, signal } = this.#main.get(metric) ?? {}
      if (!rule || !signal || window + signal.step < from) continue
      const id = `${window} ${metric}`
      const affected = found.get(id) ?? { rule, at: window + signal.step, keys: new Set() }
      found.set(id, affected)
      for (const key of keys) affected.keys.add(signal.value ? keyOf(valuesOf(key).slice(0, -1)) : key)
    }
    return [...found.values()].toSorted((a, b) => a.at - b.at)
  }

  /** Whether a key surely has and gets no alert. */
  #isNothing(rule: Rule, key: string, at: Micros): boolean {
    return !this.#alerts.get(rule.name, key) && (this.isFull(rule) || isCalm(rule, this.#memory, key, at))
  }

  #evaluated(rule: Rule, key: string, evaluation: EvaluationResult, end: Micros): Evaluated {
    return { rule, key, evaluation, end, at: toMillis(end - (this.#main.get(rule.name)?.signal.step ?? 0)) }
  }

  /** Whether lines of before a time wait to be read: that there are none yet means nothing. */
  #isAhead(rule: Rule, key: string, at: Micros): boolean {
    return at > this.#memory.latest && this.#main.has(rule.name) && isBehind(rule, this.known, key)
  }
}

/** The result for a window whose last cell still gets lines: that there are too few will be known when it is full. */
function ofOpen(evaluation: EvaluationResult): EvaluationResult {
  const { state, value = evaluation.threshold, threshold } = evaluation
  return state === 'bad' && value < threshold ? { ...evaluation, state: 'between' } : evaluation
}
