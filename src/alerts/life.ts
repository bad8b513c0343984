import { createHash } from 'node:crypto'
import { valuesOf } from '../core/signal.ts'
import { HOUR_MS, type Micros, type Millis } from '../core/time.ts'
import type { Alert, Evidence, EvaluationResult, Transition } from './model.ts'
import type { Rule } from './rules/index.ts'

/** What a rule found of a key. */
export interface Evaluated {
  readonly rule: Rule
  readonly key: string
  readonly evaluation: EvaluationResult
  /** The end of the window that was evaluated, in event time. */
  readonly end: Micros
  /** The start of its last cell: then it was so. */
  readonly at: Millis
}

type Said = Omit<Evaluated, 'end'>

/** What an evaluation makes of an alert. */
export interface AlertStep {
  /** The alert as it is now: the same object where nothing changed, absent where there is none (any more). */
  readonly alert?: Alert
  readonly transitions: readonly Pick<Transition, 'what' | 'summary'>[]
}

/** How long an alert goes on of which nothing is known, in event time. */
const MAX_UNKNOWN: Millis = HOUR_MS

export const NO_EVIDENCE: Evidence = { lines: [], shares: [], errors: [] }

/**
 * Stage: what an evaluation makes of a rule's alert of a key. Evaluations may come out of order, since a source may lag behind others:
 * an alert is bad up to the latest time at which it was evaluated so, whatever is found of earlier ones.
 */
export function evaluation(alert: Alert | undefined, evaluated: Said): AlertStep {
  if (!alert) return evaluated.evaluation.state === 'bad' ? begun(evaluated) : { transitions: [] }
  if (evaluated.at < alert.bad) return { alert, transitions: [] }
  return alert.phase === 'pending' ? whilePending(alert, evaluated) : whileFiring(alert, evaluated)
}

/** Ends an alert whatever its rule finds. */
export function ended(alert: Alert, at: Millis, summary: string): AlertStep {
  if (alert.phase === 'pending') return { transitions: [{ what: 'calmed', summary }] }
  const evaluation: EvaluationResult = { ...alert.evaluation, state: 'unknown', summary }
  return over({ ...alert, evaluation }, at)
}

function begun({ rule, key, evaluation, at }: Said): AlertStep {
  const { name, title, severity } = rule
  const alert: Alert = {
    id: `${name}-${hashOf(name, key, at)}`,
    rule: name,
    title,
    severity,
    key,
    labels: labelsOf(rule, key),
    phase: 'pending',
    since: at,
    bad: at,
    evaluation,
    ...(evaluation.value !== undefined && { worst: evaluation.value }),
    evidence: NO_EVIDENCE,
    flapping: false
  }
  if (rule.for === 0) return fired(alert, at)
  return { alert, transitions: [{ what: 'pending', summary: evaluation.summary }] }
}

function whilePending(alert: Alert, { rule, evaluation, at }: Said): AlertStep {
  const { state, summary } = evaluation
  if (state !== 'bad') return { transitions: [{ what: state === 'unknown' ? 'unknown' : 'calmed', summary }] }
  const worse = bad(alert, evaluation, at)
  return at - alert.since >= rule.for ? fired(worse, at) : { alert: worse, transitions: [] }
}

function whileFiring(alert: Alert, { rule, evaluation, at }: Said): AlertStep {
  const { good, unknown, ...rest } = alert
  switch (evaluation.state) {
    case 'bad':
      // What it was evaluated at this time before was made of fewer lines.
      return { alert: bad(at > alert.bad ? rest : alert, evaluation, at), transitions: [] }
    case 'between':
      return { alert: { ...rest, evaluation }, transitions: [] }
    case 'good': {
      const since = good ?? at
      const better = { ...rest, evaluation, good: since }
      return at - since >= rule.keepFiringFor ? over(better, at) : { alert: better, transitions: [] }
    }
    default: {
      const since = unknown ?? at
      if (at - since >= MAX_UNKNOWN) return ended(rest, at, 'nothing is known any more')
      const { summary } = evaluation
      return {
        alert: { ...rest, evaluation, unknown: since },
        transitions: unknown === undefined ? [{ what: 'unknown', summary }] : []
      }
    }
  }
}

function bad(alert: Alert, evaluation: EvaluationResult, at: Millis): Alert {
  const worst = worseOf(alert.worst, evaluation)
  return { ...alert, bad: at, evaluation, ...(worst !== undefined && { worst }) }
}

/** The worse of what it was and what it is: on the side of the threshold on which it is bad. */
function worseOf(worst: number | undefined, { value, threshold }: EvaluationResult): number | undefined {
  if (worst === undefined || value === undefined) return worst ?? value
  return value < threshold ? Math.min(worst, value) : Math.max(worst, value)
}

function fired(alert: Alert, at: Millis): AlertStep {
  return {
    alert: { ...alert, phase: 'firing', fired: at },
    transitions: [{ what: 'fired', summary: alert.evaluation.summary }]
  }
}

function over(alert: Alert, at: Millis): AlertStep {
  return {
    alert: { ...alert, phase: 'resolved', resolved: at },
    transitions: [{ what: 'resolved', summary: alert.evaluation.summary }]
  }
}

/** The fields of a rule's keys with their values of one key. */
export function labelsOf({ by }: Pick<Rule, 'by'>, key: string): Readonly<Record<string, string>> {
  const values = valuesOf(key)
  return Object.fromEntries(by.map((field, i) => [field, values[i] ?? '']))
}

/** A short hash of some values: safe in names of files and in headers, and always the same. */
export function hashOf(...values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12)
}
