import { toMillis, type Millis } from '../../core/time.ts'
import type { Expected } from './tally.ts'

/** What half of some took at most, and 99 of a hundred. */
export interface Spread {
  readonly p50: Millis
  readonly p99: Millis
}

/** Absent where there are none. */
export function spreadOf(all: readonly Millis[]): Spread | undefined {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return sorted.length === 0 ? undefined : { p50: at(0.5), p99: at(0.99) }
}

/** How the monitor counted the lines of one incident, which were so many; the scenario began at `begin`. */
export function scoreOf({ planned, count, bad, delays }: Expected, found: number, begin: Millis) {
  const { options, incident, from } = planned
  return {
    incident: options.type,
    /** From the start on. */
    at: toMillis(from) - begin,
    query: incident.query,
    /** Lines of the incident itself, and all that pass its query in its time. */
    bad,
    expected: count,
    found: Math.min(found, count),
    missed: Math.max(0, count - found),
    false: Math.max(0, found - count),
    /** From being written to being counted; absent where there was no bad line. */
    ...(delays[0] !== undefined && { first: delays[0] }),
    ...spreadOf(delays)
  }
}
