import type { Millis } from '../../core/time.ts'
import type { Alerts } from '../alerts.ts'
import type { Alert, Silence } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import type { GroupState } from './flow.ts'

/** What keeps all receivers from being notified of an alert. */
export interface Suppression {
  readonly by?: GroupState['suppressed'][string] | undefined
  readonly silence?: Silence
  /** The rule that fires for the same. */
  readonly inhibitedBy?: string
}

/** What the stages of suppression look at. */
export interface SuppressionContext {
  readonly rules: ReadonlyMap<string, Rule>
  readonly alerts: Pick<Alerts, 'ofRule' | 'pastsOf'>
  /** Of each rule those that inhibit it. */
  readonly inhibitors: ReadonlyMap<string, readonly string[]>
  readonly silences: readonly CompiledSilence[]
  /** What suppressed an alert in the step before. */
  readonly before: (alert: Alert) => Suppression['by']
  readonly now: Millis
}

export interface CompiledSilence {
  readonly silence: Silence
  readonly matches: (alert: Alert) => boolean
}

/** Stage: what suppressed an alert goes on while the alert is good, since it will be resolved soon. */
export function recovery(found: Suppression, alert: Alert, { before }: SuppressionContext): Suppression {
  return found.by !== undefined || alert.good === undefined ? found : { ...found, by: before(alert) }
}
