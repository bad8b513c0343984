import { SECOND, toMicros, type Micros } from '../../core/time.ts'
import type { Window } from '../../core/window.ts'
import type { ReportContents } from '../../reports/contents.ts'
import type { PeriodRequest, PeriodSources } from './sources.ts'

/** What of time is known. */
export interface KnownTime {
  /** Since when: the first line that is kept or counted, or the first run of Visor; absent before either. */
  readonly since: Micros | undefined
  /** When Visor ran. */
  readonly runs: readonly Window[]
  /** Whether anything is known of a period, and whether all of it is. */
  known(period: Window): boolean
  complete(period: Window): boolean
}

/** It notes every ten seconds that it runs: where it was not seen for longer than this, it was down. */
const DOWN: Micros = 30 * SECOND

export async function coverageOf(
  { answers, history, clock }: PeriodSources,
  { sources }: Pick<PeriodRequest, 'sources'>
): Promise<KnownTime> {
  const now = toMicros(clock())
  const { extent } = await answers.extent(sources ? { sources } : {})
  const { MIN_SAFE_INTEGER: from, MAX_SAFE_INTEGER: to } = Number
  const runs = ((await history?.watched({ from, to })) ?? []).map(({ from, to }) => ({
    from: toMicros(from),
    to: toMicros(to)
  }))
  const begins = [extent && toMicros(extent.first), runs[0]?.from].filter(time => time !== undefined)
  const since = begins.length > 0 ? Math.min(...begins) : undefined
  return {
    since,
    runs,
    known: ({ to }) => since !== undefined && since < to,
    complete: ({ from, to }) => since !== undefined && since <= from && to <= now
  }
}

/** The parts of a period of which nothing, or not all, is known. */
export function uncoveredIn(
  { since, runs }: KnownTime,
  { from, to }: Window,
  now: Micros
): NonNullable<ReportContents['uncovered']> {
  const spans = [
    { from: -Infinity, to: since ?? Infinity, why: 'nothing is known of the time before the first line' },
    ...downs(runs, now).map(span => ({ ...span, why: 'Visor was down' })),
    { from: now, to: Infinity, why: 'it is still to come' }
  ]
  return spans
    .map(span => ({ ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter(span => span.from < span.to)
}

/** The gaps between runs, and after the last one. */
function downs(runs: readonly Window[], now: Micros): Window[] {
  return runs
    .map(({ to }, i) => ({ from: to, to: runs[i + 1]?.from ?? now }))
    .filter(({ from, to }) => to - from > DOWN)
}
