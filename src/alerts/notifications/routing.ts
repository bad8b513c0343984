import { keyOf } from '../../core/signal.ts'
import { SEVERITIES, type Alert, type Severity } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import type { Flow } from './flow.ts'
import type { ReceiverRules } from './options.ts'

/** Stage: a receiver gets alerts that are severe enough for it, of the rules that name it or no receiver. */
export function routing(flow: Flow): Flow {
  const { receiver, rule, alerts } = flow
  return { ...flow, alerts: alerts.filter(({ alert }) => isRouted(receiver, rule, alert)) }
}

export function isRouted(
  { name, minSeverity = 'info' }: ReceiverRules,
  rule: Rule | undefined,
  { severity }: Alert
): boolean {
  return isAtLeast(severity, minSeverity) && rule?.receivers?.includes(name) !== false
}

/** Whether a severity is at least as bad as another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}

/** Stage: of an alert that flaps a receiver is notified once. */
export function flapping(flow: Flow): Flow {
  return suppressing(flow, 'flapping', alert => alert.flapping && flow.state.flaps.includes(flapKey(alert)))
}

/** Stage: of an alert that somebody has acknowledged nobody is notified again. */
export function acknowledgement(flow: Flow): Flow {
  return suppressing(flow, 'acknowledged', ({ acknowledged }) => acknowledged !== undefined)
}

function suppressing(flow: Flow, by: 'flapping' | 'acknowledged', is: (alert: Alert) => boolean): Flow {
  const alerts = flow.alerts.map(one => (one.suppressed || !is(one.alert) ? one : { ...one, suppressed: by }))
  return { ...flow, alerts }
}

/** By what a receiver remembers that an alert flaps. */
export function flapKey({ rule, key }: Pick<Alert, 'rule' | 'key'>): string {
  return keyOf([rule, key])
}
