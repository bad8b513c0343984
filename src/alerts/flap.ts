import * as z from 'zod'
import type { Alert } from './model.ts'

/** An alert that fired and was resolved so often within so many milliseconds flaps, until it has not changed for as long as `REST`. */
const TIMES = 3
const WITHIN = 30 * 60_000
export const REST = 15 * 60_000

/** What is remembered of a rule's key beyond the end of its alerts. It is kept in the state, so it may be of another version. */
export const pastData = z.object({
  rule: z.string(),
  key: z.string(),
  /** The last moment (event time, as all below but `changed`) at which an alert that is over was bad: none begins before. */
  bad: z.number(),
  resolved: z.number(),
  /** When its last alerts fired, the latest last. */
  fired: z.array(z.number()),
  /** When it last fired or was resolved, by the clock. */
  changed: z.number(),
  /** While it flaps: its last alert, as it ended. */
  flapping: z.custom<Alert>().optional()
})

export type Past = z.output<typeof pastData>

/** What is to be remembered when an alert is over. `now` is the clock in milliseconds. */
export function withEnded(past: Past | undefined, alert: Alert, now: number): Past {
  const { rule, key, bad, fired = bad, resolved = bad } = alert
  const times = [...(past?.fired ?? []), fired].slice(-TIMES)
  const [first = fired] = times
  const flaps = past?.flapping !== undefined || (times.length === TIMES && resolved - first <= WITHIN)
  return {
    rule,
    key,
    bad,
    resolved,
    fired: times,
    changed: now,
    ...(flaps && { flapping: { ...alert, flapping: true } })
  }
}

/** Whether what flapped has settled. */
export function hasSettled({ flapping, changed }: Past, now: number): boolean {
  return flapping !== undefined && now - changed >= REST
}

/** Whether nothing depends on it any more: no rule is evaluated at moments that are older than `late` (milliseconds). */
export function isForgotten({ flapping, bad, changed }: Past, now: number, late: number): boolean {
  return flapping === undefined && now - bad > late && now - changed > WITHIN
}

/** How often, for people. */
export function flapSummary({ fired }: Past): string {
  return `it has fired and was resolved ${fired.length} times in short time; nobody is notified until it has settled for 15 minutes`
}
