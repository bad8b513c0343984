import { toMillis, type Millis } from '../../core/time.ts'
import type { Expected } from './tally.ts'

/** How the monitor counted the lines of one incident. */
export interface Score {
  readonly incident: string
  /** From the start on. */
  readonly at: Millis
  readonly query: string
  /** Lines of the incident itself, and all that pass its query in its time. */
  readonly bad: number
  readonly expected: number
  readonly found: number
  readonly missed: number
  readonly false: number
  /** From being written to being counted; absent where there was no bad line. */
  readonly first?: Millis
  readonly p50?: Millis
  readonly p99?: Millis
}

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

/** The score of an incident of which the monitor counted so many lines; the scenario began at `begin`. */
export function scoreOf({ planned, count, bad, delays }: Expected, counted: number, begin: Millis): Score {
  const { options, incident, from } = planned
  return {
    incident: options.type,
    at: toMillis(from) - begin,
    query: incident.query,
    bad,
    expected: count,
    found: Math.min(counted, count),
    missed: Math.max(0, count - counted),
    false: Math.max(0, counted - count),
    ...(delays[0] !== undefined && { first: delays[0] }),
    ...spreadOf(delays)
  }
}
