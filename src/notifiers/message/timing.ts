import type { Notification } from '../../alerts/model.ts'
import { formatCount, formatSeconds } from '../../core/units.ts'
import type { Timing } from './view.ts'

/**
 * How the line that made an alert fire became this message, made at `made` (milliseconds since 1970), and how long the last
 * messages took from firing until they were accepted (milliseconds). Nothing where no line did it.
 */
export function timingOf(
  notification: Notification,
  made: number,
  latencies: readonly number[]
): Timing | undefined {
  if (notification.occasion !== 'fired' && notification.occasion !== 'more') return undefined
  const moments = notification.firing.flatMap(({ moments }) => moments ?? [])
  const newest = moments.toSorted((a, b) => b.fired - a.fired)[0]
  if (!newest) return undefined
  const { written, read, counted, fired } = newest
  const all: [name: string, at: number | undefined][] = [
    ['Line written', written],
    ['Read', read],
    ['Counted', counted],
    ['Rule fired', fired],
    ['Message made', made]
  ]
  const told = all.flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]))
  const first = told[0]?.at ?? made
  const whole = Math.max(made - first, Number.MIN_VALUE)
  return {
    steps: told.map(({ name, at }, i) => {
      const before = told[i - 1]?.at
      const took = Math.max(0, at - (before ?? at))
      const from = within((at - took - first) / whole)
      return {
        name,
        text: clockText(at),
        took: before === undefined ? '' : `+${millis(took)}`,
        from,
        part: Math.min(within(took / whole), 1 - from)
      }
    }),
    sums: [
      `${millis(Math.max(0, made - first))} from ${written === undefined ? 'reading the line' : 'the line'} to this message.`,
      ...pastText(latencies)
    ]
  }
}

function pastText(latencies: readonly number[]): string[] {
  if (latencies.length === 0) return []
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): string => millis(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  const last = sorted.length === 1 ? 'The last one was' : `The last ${formatCount(sorted.length)} were`
  return [`${last} accepted ${at(0.5)} after firing (median), ${at(0.99)} (p99).`]
}

function within(part: number): number {
  return Math.min(Math.max(part, 0), 1)
}

function millis(ms: number): string {
  return ms === 0 ? '0 ms' : formatSeconds(ms / 1000)
}

/** `14:03:20.123`, UTC. */
function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23)
}
