import { keyOf } from '../core/signal.ts'
import { toMillis, type Millis } from '../core/time.ts'
import { isFiring, type Alerts } from './alerts.ts'
import type { Evaluator } from './evaluator.ts'
import { labelsOf } from './life.ts'
import type { Alert, AlertsView, AlertView, Explanation } from './model.ts'
import { sorted } from './notifications/compose.ts'
import type { Notifications } from './notifications/notifications.ts'
import { evaluate, watchedOf, type Rule } from './rules/index.ts'

/** The parts of alerting that know all. */
interface AlertingParts {
  readonly alerts: Alerts
  readonly evaluator: Evaluator
  readonly notifications: Notifications
}

/** How many keys of a rule are explained. */
const MAX_KEYS = 1000

export function viewed({ alerts, notifications }: AlertingParts, now: Millis): AlertsView {
  const view = (alert: Alert): AlertView => {
    const { silence, inhibitedBy } = notifications.suppression(alert, now)
    return {
      ...alert,
      ...(silence && { silence }),
      ...(inhibitedBy !== undefined && { inhibitedBy }),
      notified: notifications.notified(alert)
    }
  }
  const all = sorted(alerts.all())
  const firing = all.filter(isFiring).map(view)
  return {
    firing,
    pending: all.filter(alert => !isFiring(alert)).map(view),
    silences: notifications
      .silences(now)
      .map(({ silence, matches }) => ({ ...silence, alerts: firing.filter(matches).map(({ id }) => id) })),
    receivers: notifications.receivers(now)
  }
}

/** How a rule evaluates each key at one time, and whether people are notified. */
export function explained(rule: Rule, parts: AlertingParts, now: Millis): Explanation {
  const { alerts, evaluator } = parts
  const { memory } = evaluator.known
  const at = evaluator.evaluationTime(rule, now)
  const alerted = alerts.ofRule(rule.name).map(({ key }) => key)
  const keys = [...new Set([...alerted, ...watchedOf(rule, evaluator.known), ...memory.keys(rule.name)])]
  const known = keys.length === 0 && rule.by.length === 0 ? [keyOf([])] : keys
  const explain = (key: string): ExplainedKey => {
    const alert = alerts.get(rule.name, key)
    return {
      labels: labelsOf(rule, key),
      // Of an alert what was found last, which may be of a cell that still gets lines.
      evaluation: alert?.evaluation ?? evaluate(rule, evaluator.known, key, at),
      ...(alert && { phase: alert.phase }),
      suppressed: alert ? suppressedBy(alert, parts, now) : silentBefore(rule, key, parts)
    }
  }
  const all = known.map(explain).toSorted((a, b) => rank(b) - rank(a))
  return { at: toMillis(at), keys: all.slice(0, MAX_KEYS), more: Math.max(0, all.length - MAX_KEYS) }
}

type ExplainedKey = Explanation['keys'][number]

function rank({ phase, evaluation: { state } }: ExplainedKey): number {
  return (phase ? 4 : 0) + ['unknown', 'good', 'between', 'bad'].indexOf(state)
}

/** Why nobody would be notified of a key that has no alert. */
function silentBefore(rule: Rule, key: string, { alerts, evaluator }: AlertingParts): string[] {
  return [
    ...(alerts.past(rule.name, key)?.flapping ? ['flapping'] : []),
    ...(evaluator.isFull(rule) ? ['the rule has too many alerts already'] : [])
  ]
}

/** Why people are not notified of an alert. */
function suppressedBy(alert: Alert, { notifications }: AlertingParts, now: Millis): string[] {
  const { silence, inhibitedBy } = notifications.suppression(alert, now)
  const receivers = notifications.receivers(now, alert)
  return [
    ...(alert.phase === 'pending' ? ['pending: it has not been bad for long enough'] : []),
    ...(silence
      ? [`silenced by ${silence.author} (${silence.reason}) until ${new Date(silence.ends).toISOString()}`]
      : []),
    ...(inhibitedBy === undefined ? [] : [`inhibited by ${inhibitedBy}`]),
    ...(alert.acknowledged ? [`acknowledged by ${alert.acknowledged.owner}`] : []),
    ...(alert.flapping ? ['flapping'] : []),
    ...(receivers.length === 0 ? ['no receiver gets alerts like this'] : []),
    ...receivers.flatMap(({ name, muted, mutedUntil, limited }) =>
      muted
        ? [`${name}: muted${mutedUntil === undefined ? '' : ` until ${new Date(mutedUntil).toISOString()}`}`]
        : limited
          ? [`${name}: its rate limit is reached`]
          : []
    )
  ]
}
