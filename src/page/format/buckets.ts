import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '../../core/time.ts'
import type { Frame } from '../../server/api-types.ts'
import type { CountAnswer } from '../../store/questions/answers.ts'

/** Buckets by their starts, filled from counts by a step of time. */
export interface Layout {
  readonly time: readonly Millis[]
  readonly bucket: Millis
  readonly step: 'minute' | 'hour' | 'day'
}

/** The buckets of a period's frame, but none shorter than a minute: lines are counted by minute, hour or day. */
export function layoutOf({ from, to, bucket }: Frame, starts: readonly Millis[]): Layout {
  const step = bucket % DAY_MS === 0 ? 'day' : bucket % HOUR_MS === 0 ? 'hour' : 'minute'
  if (bucket >= MINUTE_MS) return { time: starts, bucket, step }
  const first = Math.floor(from / MINUTE_MS) * MINUTE_MS
  const minutes = Math.ceil((to - first) / MINUTE_MS)
  return { time: Array.from({ length: minutes }, (_, i) => first + i * MINUTE_MS), bucket: MINUTE_MS, step }
}

/** The start of each bucket, and what is counted in it. */
export function laidOut(
  { time, bucket }: Layout,
  counts: CountAnswer['counts']
): { readonly time: readonly Millis[]; readonly counts: number[] } {
  const laid = time.map(() => 0)
  // A day in which clocks are set may be longer.
  const end = (time.at(-1) ?? 0) + bucket + HOUR_MS
  for (const { time: at, count } of counts) {
    const index = time.findLastIndex(start => start <= at)
    if (index >= 0 && at < end) laid[index] = (laid[index] ?? 0) + count
  }
  return { time, counts: laid }
}
