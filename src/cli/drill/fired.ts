import type { RunningAlerts } from '../../app/alerts.ts'
import { MINUTE_MS, SECOND_MS, toMillis, type Millis } from '../../core/time.ts'
import type { PlannedIncident } from '../../generator/compose.ts'
import type { ScenarioClock } from './clock.ts'

/** How much longer than its window a rule may still find an incident that is over. */
const GRACE = MINUTE_MS

/** An alert begins with a cell of its rule's window, which may be before its incident does: cells are this part of it, or a second. */
const CELL = 1 / 60

/** An alert that fired. */
export interface Fired {
  readonly rule: string
  /** When it was bad first, and when it fired by the scenario's clock. */
  readonly since: Millis
  readonly at: Millis
  /** How much later an incident that it belongs to may begin, and how long it may be over. */
  readonly early: Millis
  readonly grace: Millis
  readonly summary: string
  /** By the clock on the wall, from its line being written to its firing, and from there to the message being accepted. */
  readonly lineToFiring?: Millis
  readonly firingToMessage?: Millis
}

/** The alerts that have fired, the first one first. */
export function firedOf({ state, rules }: RunningAlerts, clock: ScenarioClock): Fired[] {
  const windows = new Map(rules.map(({ name, window }) => [name, window]))
  const alerts = state.alerts({ limit: 10_000 }).filter(({ fired }) => fired !== undefined)
  return alerts.toReversed().map(({ id, rule, since, timestamps, title, evaluation }): Fired => {
    const query = { alert: id, limit: 100 }
    const fired = state.transitions(query).find(({ what }) => what === 'fired')
    const sent = state.deliveries(query).findLast(({ state }) => state === 'sent')
    const [firing, accepted] = [fired, sent].map(one => one && clock.wallAt(one.at))
    const written = timestamps?.written
    const window = windows.get(rule) ?? 0
    return {
      rule,
      since,
      at: firing === undefined ? since : clock.dueAt(firing),
      early: Math.max(SECOND_MS, window * CELL),
      grace: window + GRACE,
      summary: `${title}: ${evaluation.summary}`,
      ...(written !== undefined && firing !== undefined && { lineToFiring: firing - written }),
      ...(firing !== undefined && accepted !== undefined && { firingToMessage: accepted - firing })
    }
  })
}

/** Whether an alert may be about an incident: it began while it went on, or soon after. */
export function isAbout({ since, early, grace }: Fired, { from, to }: PlannedIncident): boolean {
  return since >= toMillis(from) - early && since <= toMillis(to) + grace
}
