import type { CountAnswer, Frame } from '../../server/api-types.ts'

/** Buckets of equal length (ms) from a start on, filled from counts by a step of time. */
export interface Layout {
  readonly from: number
  readonly buckets: number
  readonly bucket: number
  readonly step: 'minute' | 'hour' | 'day'
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The buckets of a period's frame, but none shorter than a minute: lines are counted by minute, hour or day. */
export function layoutOf({ from, to, bucket: shown }: Frame): Layout {
  const bucket = Math.max(shown, MINUTE)
  const first = Math.floor(from / bucket) * bucket
  const step = bucket % DAY === 0 ? 'day' : bucket % HOUR === 0 ? 'hour' : 'minute'
  return { from: first, buckets: Math.ceil((to - first) / bucket), bucket, step }
}

/** The start of each bucket, and what is counted in it. */
export function laidOut(
  { from, buckets, bucket }: Layout,
  counts: CountAnswer['counts']
): { readonly time: number[]; readonly counts: number[] } {
  const laid = Array.from({ length: buckets }, () => 0)
  for (const { time, count } of counts) {
    const at = Math.floor((time - from) / bucket)
    if (at in laid) laid[at] = (laid[at] ?? 0) + count
  }
  return { time: laid.map((_, i) => from + i * bucket), counts: laid }
}
