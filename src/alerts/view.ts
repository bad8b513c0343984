import { keyOf } from '../core/signal.ts'
import { isFiring, type Alerts } from './alerts.ts'
import type { Evaluator } from './evaluator.ts'
import { labelsOf } from './life.ts'
import type { Alert, AlertPhase, EvaluationResult, Silence } from './model.ts'
import { sorted } from './notifications/compose.ts'
import type { Hidings } from './notifications/hidden.ts'
import type { Notifications } from './notifications/notifications.ts'
import { evaluate, watchedOf, type Rule } from './rules/index.ts'

/** An alert, and what keeps people from being told of it. */
export interface AlertView {
  readonly alert: Alert
  readonly silence?: Silence
  /** The rule that fires for the same and says more. */
  readonly because?: string
  /** Receivers that know that it fires. */
  readonly told: readonly string[]
}

/** How all stands at a moment. */
export interface AlertsView {
  /** The worst first. */
  readonly firing: readonly AlertView[]
  readonly pending: readonly AlertView[]
  /** Those that last, and the ids of the alerts that each finds. */
  readonly silences: readonly { readonly silence: Silence; readonly alerts: readonly string[] }[]
  readonly receivers: readonly ReceiverView[]
}

export interface ReceiverView {
  readonly name: string
  /** Whether its quiet hours hold back all but the severest, and whether its rate cap is reached. */
  readonly quiet: boolean
  readonly full: boolean
  /** How many notifications are held back, and some of their titles. */
  readonly held: { readonly count: number; readonly titles: readonly string[] }
}

/** How a rule evaluates its keys at a moment. */
export interface Explained {
  readonly rule: Rule
  /** The end of the window that was evaluated: event time in milliseconds. */
  readonly at: number
  /** Those with an alert first, then the bad ones. */
  readonly keys: readonly ExplainedKey[]
  /** How many more there are. */
  readonly more: number
}

export interface ExplainedKey {
  readonly labels: Readonly<Record<string, string>>
  readonly evaluation: EvaluationResult
  readonly phase?: AlertPhase
  /** Why people are not told, each a sentence without its end; may hold log text. */
  readonly silent: readonly string[]
}

/** The parts of alerting that know all. */
export interface Parts {
  readonly rules: ReadonlyMap<string, Rule>
  readonly alerts: Alerts
  readonly evaluator: Evaluator
  readonly hidings: Hidings
  readonly notifications: Notifications
}

/** How many keys of a rule are explained. */
const KEYS = 1000

export function viewed({ alerts, hidings, notifications }: Parts, now: number): AlertsView {
  const view = (alert: Alert): AlertView => ({
    alert,
    ...hidings.of(alert, now),
    told: notifications.told(alert)
  })
  const [all, silences] = [sorted(alerts.all()), hidings.silences.lasting(now)]
  const firing = all.filter(isFiring).map(view)
  return {
    firing,
    pending: all.filter(alert => !isFiring(alert)).map(view),
    silences: silences.map(silence => ({
      silence,
      alerts: firing
        .filter(({ alert }) => hidings.silences.finds(silence, alert))
        .map(({ alert }) => alert.id)
    })),
    receivers: notifications.receivers.map(receiver => ({
      name: receiver.rules.name,
      quiet: receiver.isQuiet('info', now),
      full: receiver.isFull(now),
      held: receiver.waiting
    }))
  }
}

export function explained(rule: Rule, parts: Parts, now: number): Explained {
  const { alerts, evaluator } = parts
  const { memory } = evaluator.known
  const at = evaluator.momentOf(rule, now)
  const alerted = alerts.ofRule(rule.name).map(({ key }) => key)
  const keys = [...new Set([...alerted, ...watchedOf(rule, evaluator.known), ...memory.keys(rule.name)])]
  const known = keys.length === 0 && rule.by.length === 0 ? [keyOf([])] : keys
  const explain = (key: string): ExplainedKey => {
    const alert = alerts.get(rule.name, key)
    const labels = labelsOf(rule, key)
    // Of an alert what was said last, which may be of a cell that still gets lines.
    const evaluation = alert?.evaluation ?? evaluate(rule, evaluator.known, key, at)
    return {
      labels,
      evaluation,
      ...(alert && { phase: alert.phase }),
      silent: silentOf(rule, key, alert, parts, now)
    }
  }
  const all = known.map(explain).toSorted((a, b) => rank(b) - rank(a))
  return { rule, at: at / 1000, keys: all.slice(0, KEYS), more: Math.max(0, all.length - KEYS) }
}

function rank({ phase, evaluation: { state } }: ExplainedKey): number {
  return (phase ? 4 : 0) + ['unknown', 'good', 'between', 'bad'].indexOf(state)
}

/** Why people are not told of a rule's key, or would not be. */
function silentOf(rule: Rule, key: string, alert: Alert | undefined, parts: Parts, now: number): string[] {
  const { alerts, evaluator, hidings, notifications } = parts
  if (!alert)
    return [
      ...(alerts.past(rule.name, key)?.flapping ? ['it flaps'] : []),
      ...(evaluator.isFull(rule) ? ['the rule has too many alerts already'] : [])
    ]
  const { silence, because } = hidings.of(alert, now)
  const wanted = notifications.receivers.filter(receiver => notifications.isFor(receiver, alert))
  return [
    ...(alert.phase === 'pending' ? ['it has not been bad for long enough'] : []),
    ...(silence
      ? [`silenced by ${silence.author} (${silence.reason}) until ${new Date(silence.ends).toISOString()}`]
      : []),
    ...(because === undefined ? [] : [`${because} fires for the same`]),
    ...(alert.acknowledged ? [`acknowledged by ${alert.acknowledged.owner}`] : []),
    ...(alert.flapping ? ['it flaps'] : []),
    ...(wanted.length === 0 ? ['no receiver is told of alerts like this'] : []),
    ...wanted.flatMap(receiver => {
      const why = receiver.isQuiet(alert.severity, now)
        ? 'quiet hours'
        : receiver.isFull(now)
          ? 'enough for now'
          : undefined
      return why === undefined ? [] : [`${receiver.rules.name}: ${why}`]
    })
  ]
}
