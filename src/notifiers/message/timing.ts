import type { AlertNotification } from '../../alerts/model.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { formatCount, formatSeconds } from '../../core/units.ts'
import type { Timing } from './message.ts'

/**
 * How the line that made an alert fire became this message, `composed` just now, and how long the last notifications took from
 * firing until they were accepted. Nothing where no line made it fire.
 */
export function timingOf(
  notification: AlertNotification,
  composed: Millis,
  latencies: readonly Millis[]
): Timing | undefined {
  if (notification.occasion !== 'fired' && notification.occasion !== 'more') return undefined
  const timestamps = notification.firing.flatMap(({ timestamps }) => timestamps ?? [])
  const newest = timestamps.toSorted((a, b) => b.fired - a.fired)[0]
  if (!newest) return undefined
  const { written, read, counted, fired } = newest
  const all: [name: string, at: Millis | undefined][] = [
    ['Line written', written],
    ['Read', read],
    ['Counted', counted],
    ['Rule fired', fired],
    ['Message composed', composed]
  ]
  const known = all.flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]))
  const first = known[0]?.at ?? composed
  const whole = Math.max(composed - first, Number.MIN_VALUE)
  return {
    steps: known.map(({ name, at }, i) => {
      const before = known[i - 1]?.at
      const elapsed = Math.max(0, at - (before ?? at))
      const from = clamped((at - elapsed - first) / whole)
      return {
        name,
        // `14:03:20.123`, UTC.
        text: new Date(at).toISOString().slice(11, 23),
        elapsed: before === undefined ? '' : `+${millisText(elapsed)}`,
        from,
        part: Math.min(clamped(elapsed / whole), 1 - from)
      }
    }),
    totals: [
      `${millisText(Math.max(0, composed - first))} from ${written === undefined ? 'reading the line' : 'the line'} to this message.`,
      ...pastText(latencies)
    ]
  }
}

function pastText(latencies: readonly Millis[]): string[] {
  if (latencies.length === 0) return []
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): string => millisText(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  const count = formatCount(sorted.length)
  const last = sorted.length === 1 ? 'The last notification was' : `The last ${count} notifications were`
  return [`${last} accepted ${at(0.5)} after firing (median), ${at(0.99)} (p99).`]
}

function clamped(part: number): number {
  return Math.min(Math.max(part, 0), 1)
}

function millisText(millis: Millis): string {
  return millis === 0 ? '0 ms' : formatSeconds(millis / SECOND_MS)
}
