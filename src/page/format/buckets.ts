import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '../../core/time.ts'
import type { Frame } from '../../server/api-types.ts'
import type { CountAnswer } from '../../store/questions/answers.ts'

/** Buckets of equal length from a start on, filled from counts by a step of time. */
export interface Layout {
  readonly from: Millis
  readonly buckets: number
  readonly bucket: Millis
  readonly step: 'minute' | 'hour' | 'day'
}

/** The buckets of a period's frame, but none shorter than a minute: lines are counted by minute, hour or day. */
export function layoutOf({ from, to, bucket: shown }: Frame): Layout {
  const bucket = Math.max(shown, MINUTE_MS)
  const first = Math.floor(from / bucket) * bucket
  const step = bucket % DAY_MS === 0 ? 'day' : bucket % HOUR_MS === 0 ? 'hour' : 'minute'
  return { from: first, buckets: Math.ceil((to - first) / bucket), bucket, step }
}

/** The start of each bucket, and what is counted in it. */
export function laidOut(
  { from, buckets, bucket }: Layout,
  counts: CountAnswer['counts']
): { readonly time: Millis[]; readonly counts: number[] } {
  const laid = Array.from({ length: buckets }, () => 0)
  for (const { time, count } of counts) {
    const at = Math.floor((time - from) / bucket)
    if (at in laid) laid[at] = (laid[at] ?? 0) + count
  }
  return { time: laid.map((_, i) => from + i * bucket), counts: laid }
}
