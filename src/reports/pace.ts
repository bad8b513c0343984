import { startsOf, windowsIn } from '../core/steps.ts'
import type { Micros } from '../core/time.ts'
import type { ReportContents } from './contents.ts'
import { metricNamed } from './measures.ts'

/** A time in which something was out of the usual. */
export interface OddTime {
  readonly from: Micros
  readonly to: Micros
}

interface Peak extends OddTime {
  /** How many times the usual came in its fullest bucket. */
  readonly times: number
}

interface Pace {
  readonly starts: readonly Micros[]
  readonly counts: readonly number[]
  /** How many buckets have a request. */
  readonly busy: number
  /** The median of the buckets with any request. */
  readonly usual: number
}

/** Of fewer buckets, or with fewer requests in the usual one, nothing is out of the usual. */
const [LEAST_BUCKETS, LEAST_USUAL] = [12, 10]
/** So many times the usual is a peak. */
const PEAK = 8

/** When requests paused, and when most came, where that is out of the usual. */
export function oddTimesOf(contents: ReportContents): {
  readonly pause?: OddTime | undefined
  readonly peak?: Peak | undefined
} {
  const pace = paceOf(contents)
  return pace ? { pause: pauseOf(pace, contents), peak: peakOf(pace, contents) } : {}
}

/** The longest time without a request in a log that has them all the time, and stops and goes on at once; known gaps apart. */
function pauseOf(pace: Pace, contents: ReportContents): OddTime | undefined {
  const { counts, busy, usual } = pace
  let [first, length] = [0, 0]
  for (let i = 0, run = 0; i < counts.length; i++) {
    run = counts[i] === 0 ? run + 1 : 0
    if (run > length) [first, length] = [i - run + 1, run]
  }
  const others = counts.length - length
  if (length < 2 || busy < 0.98 * others) return undefined
  // It is not the night: those before and after are as usual.
  const around = [counts[first - 1], counts[first + length]]
  if (around.some(count => count !== undefined && count < usual / 3)) return undefined
  const pause = spanOf(pace, first, first + length - 1, contents)
  const known = (contents.uncovered ?? []).some(({ from, to }) => from < pause.to && to > pause.from)
  return known ? undefined : pause
}

/** The time with most requests, where these are many times the usual in a log that has them all the time. */
function peakOf(pace: Pace, contents: ReportContents): Peak | undefined {
  const { counts, busy, usual } = pace
  const most = Math.max(...counts)
  if (most < PEAK * usual || busy < 0.9 * counts.length) return undefined
  let [first, last] = [counts.indexOf(most), counts.indexOf(most)]
  while ((counts[first - 1] ?? 0) >= (PEAK / 2) * usual) first--
  while ((counts[last + 1] ?? 0) >= (PEAK / 2) * usual) last++
  return { ...spanOf(pace, first, last, contents), times: Math.round(most / usual) }
}

/** Requests by bucket, those without any among them. */
function paceOf({ timeline, period }: ReportContents): Pace | undefined {
  const { time, step, end } = timeline
  const requests = metricNamed(timeline, 'requests')
  if (!requests) return undefined
  const known = new Map(time.map((start, i) => [start, requests.count[i] ?? 0]))
  const starts = startsOf(windowsIn(step, period?.zone ?? 'UTC'), time[0] ?? end, end)
  const counts = starts.map(start => known.get(start) ?? 0)
  const some = counts.filter(count => count > 0).sort((a, b) => a - b)
  const usual = some[Math.floor(some.length / 2)] ?? 0
  return counts.length < LEAST_BUCKETS || usual < LEAST_USUAL
    ? undefined
    : { starts, counts, busy: some.length, usual }
}

function spanOf(
  { starts }: Pace,
  first: number,
  last: number,
  { timeline, period }: ReportContents
): OddTime {
  return {
    from: Math.max(starts[first]!, period?.from ?? -Infinity),
    to: Math.min(starts[last + 1] ?? timeline.end, period?.to ?? Infinity)
  }
}
