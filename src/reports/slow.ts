import { windowsIn } from '../core/steps.ts'
import { formatSeconds } from '../core/units.ts'
import type { ReportContents } from './contents.ts'
import { spanText, usualOf, type Matter, type VerdictOptions } from './matter.ts'
import { metricNamed } from './measures.ts'
import type { OddTime } from './pace.ts'

/** In fewer buckets, and in one with fewer requests, nothing stands out. */
const [LEAST_BUCKETS, LEAST_REQUESTS] = [6, 40]
/** From so many requests in a bucket on, more than chance is among its slowest hundredth. */
const MANY_REQUESTS = 200
/** Quicker answers are not slow, in seconds; nor are those that take less than so many times the usual. */
const [SLOW, TIMES, TIMES_IN_ALL] = [0.5, 4, 2]

/** Answers that took far longer than in the periods before, or for a while than else. */
export function slowMatter(contents: ReportContents, { details }: VerdictOptions): Matter | undefined {
  const page = pageOf(contents)
  const which = page === undefined ? '' : `, most of all ${details ? page : 'those of one path'}`
  const before = usualOf(contents)
  const [now, usual] = [contents, before].map(one => one && metricNamed(one, 'duration'))
  const [p95 = 0, then = Infinity] = [now, usual].map(one => one?.percentiles?.p95)
  if (p95 >= SLOW && p95 >= TIMES_IN_ALL * then && (now?.count ?? 0) >= LEAST_REQUESTS)
    return {
      tone: 'warning',
      short: 'slow answers',
      sentence: `Answers were slow${which}: p95 ${formatSeconds(p95)}, ${formatSeconds(then)} ${before?.label}.`,
      figuresToo: true
    }
  const slow = slowTime(contents)
  if (!slow || !contents.period) return undefined
  const { name, most, median } = slow
  return {
    tone: 'info',
    short: 'slow for a while',
    sentence: `Answers were slow from ${spanText(slow, contents.period)}${which}: ${name} up to ${formatSeconds(most)}, usually ${formatSeconds(median)}.`,
    figuresToo: true
  }
}

interface SlowTime extends OddTime {
  readonly name: string
  /** The highest value of a bucket, and that of the one in the middle, in seconds. */
  readonly most: number
  readonly median: number
}

/** The time in which the slowest answers took longest, where it stands out; of a few slow pages p99 alone tells. */
function slowTime({ timeline, period }: ReportContents): SlowTime | undefined {
  const duration = metricNamed(timeline, 'duration')
  if (!duration?.percentiles) return undefined
  for (const [name, least] of [
    ['p95', LEAST_REQUESTS],
    ['p99', MANY_REQUESTS]
  ] as const) {
    const buckets = timeline.time.flatMap((start, i) => {
      const value = duration.percentiles?.[name][i] ?? undefined
      return value === undefined || (duration.count[i] ?? 0) < least ? [] : [{ start, value }]
    })
    const values = buckets.map(({ value }) => value).sort((a, b) => a - b)
    const [median = 0, most = 0] = [values[Math.floor(values.length / 2)], values.at(-1)]
    const limit = Math.max(SLOW, TIMES * median)
    if (buckets.length < LEAST_BUCKETS || most < limit) continue
    let first = buckets.findIndex(({ value }) => value === most)
    let last = first
    while ((buckets[first - 1]?.value ?? 0) >= limit) first--
    while ((buckets[last + 1]?.value ?? 0) >= limit) last++
    const end = windowsIn(timeline.step, period?.zone ?? 'UTC')(buckets[last]!.start).to
    return {
      from: Math.max(buckets[first]!.start, period?.from ?? -Infinity),
      to: Math.min(end, period?.to ?? Infinity),
      name,
      most,
      median
    }
  }
  return undefined
}

/** The path that took most of the time that all together took longer than they would have in the period before. */
function pageOf(contents: ReportContents): string | undefined {
  const before = new Map(usualOf(contents)?.slowest?.map(({ key, mean }) => [key, mean]))
  const longer = (contents.slowest ?? []).map(({ key, count, mean }) => {
    const then = before.get(key)
    return { key, seconds: then === undefined ? 0 : Math.max(0, count * (mean - then)) }
  })
  const all = longer.reduce((sum, { seconds }) => sum + seconds, 0)
  return longer.find(({ seconds }) => seconds > all / 2)?.key
}
