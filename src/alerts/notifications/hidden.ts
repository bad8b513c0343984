import type { Alerts } from '../alerts.ts'
import type { Alert, Silence } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import { Inhibition } from './inhibition.ts'
import { Silences } from './silences.ts'

/** What holds notifications of an alert back, for all receivers. */
export interface Hiding {
  readonly silence?: Silence
  /** The rule that fires for the same and says more. */
  readonly because?: string
}

/** What is known of why alerts are told to nobody. */
export class Hidings {
  readonly silences: Silences
  readonly inhibition: Inhibition

  constructor(rules: ReadonlyMap<string, Rule>, alerts: Alerts, silences: readonly Silence[]) {
    this.silences = new Silences(silences)
    this.inhibition = new Inhibition(rules, alerts)
  }

  /** `now` is the clock in milliseconds. */
  of(alert: Alert, now: number): Hiding {
    const silence = this.silences.of(alert, now)
    const because = this.inhibition.of(alert, now)
    return { ...(silence && { silence }), ...(because !== undefined && { because }) }
  }
}
