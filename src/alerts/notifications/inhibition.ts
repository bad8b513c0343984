import { labelsOf } from '../life.ts'
import type { Alert } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import type { Suppression, SuppressionContext } from './suppression.ts'

/**
 * Stage: an alert is suppressed while one of the rules in its `inhibitedBy` fires for the same, and for as long after its end
 * as the alert's own window may still have the lines that made both fire.
 */
export function inhibition(found: Suppression, alert: Alert, context: SuppressionContext): Suppression {
  const { rules, alerts, inhibitors, now } = context
  const { rule, labels } = alert
  const window = rules.get(rule)?.window ?? 0
  const labelsIn = (name: string, key: string) => labelsOf({ by: rules.get(name)?.by ?? [] }, key)
  const inhibitedBy = inhibitors
    .get(rule)
    ?.find(
      name =>
        alerts.ofRule(name).some(other => other.phase === 'firing' && agree(other.labels, labels)) ||
        alerts
          .pastsOf(name)
          .some(past => now - past.changed < window && agree(labelsIn(name, past.key), labels))
    )
  return inhibitedBy === undefined ? found : { ...found, by: 'inhibited', inhibitedBy }
}

/** Of each rule those that inhibit it; of rules that inhibit each other in circles none would ever be notified of. */
export function inhibitorsOf(rules: ReadonlyMap<string, Rule>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Array.from(rules.values(), ({ name, inhibitedBy }) => [
      name,
      inhibitedBy.filter(other => rules.has(other) && !reaches(rules, other, name))
    ])
  )
}

/** Whether one rule depends on another, over however many others. */
function reaches(
  rules: ReadonlyMap<string, Rule>,
  from: string,
  to: string,
  seen = new Set<string>()
): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (rules.get(from)?.inhibitedBy ?? []).some(next => reaches(rules, next, to, seen))
}

/** Whether the labels that both have are the same. */
function agree(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(a).every(([field, value]) => b[field] === undefined || b[field] === value)
}
