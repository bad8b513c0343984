import * as z from 'zod'
import { MINUTE_MS, type Millis } from '../core/time.ts'
import type { Alert } from './model.ts'

/** An alert that fired and was resolved so often within this time flaps, until it has not changed for as long as `SETTLED`. */
const TIMES = 3
const WITHIN: Millis = 30 * MINUTE_MS
const SETTLED: Millis = 15 * MINUTE_MS

/** What is remembered of a rule's key beyond the end of its alerts. It is kept in the state, so it may be of another version. */
export const pastData = z.object({
  rule: z.string(),
  key: z.string(),
  /** The last time (event time, as all below but `changed`) at which an alert that is over was bad: none begins before. */
  bad: z.number(),
  resolved: z.number(),
  /** When its last alerts fired, the latest last. */
  fired: z.array(z.number()),
  /** When it last fired or was resolved, by the clock. */
  changed: z.number(),
  /** While it flaps: its last alert, as it ended. */
  flapping: z.custom<Alert>().optional()
})

export type PastAlert = z.output<typeof pastData>

/** What is to be remembered when an alert is over. `now` is the clock. */
export function withEnded(past: PastAlert | undefined, alert: Alert, now: Millis): PastAlert {
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
export function hasSettled({ flapping, changed }: PastAlert, now: Millis): boolean {
  return flapping !== undefined && now - changed >= SETTLED
}

/** Whether nothing depends on it any more: no rule is evaluated at times that are older than `maxLateness`. */
export function isForgotten(
  { flapping, bad, changed }: PastAlert,
  now: Millis,
  maxLateness: Millis
): boolean {
  return flapping === undefined && now - bad > maxLateness && now - changed > WITHIN
}

/** How often, for people. */
export function flapSummary({ fired }: PastAlert): string {
  return `it has fired and was resolved ${fired.length} times in short time; nobody is notified until it has settled for 15 minutes`
}
