import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import type { Frame, Period } from './api-types.ts'

const LAYOUTS: Readonly<Record<Exclude<Period, 'all'>, { length: Millis; bucket: Millis }>> = {
  '15m': { length: 15 * MINUTE_MS, bucket: 10 * SECOND_MS },
  '1h': { length: HOUR_MS, bucket: 30 * SECOND_MS },
  '24h': { length: DAY_MS, bucket: 15 * MINUTE_MS },
  '7d': { length: 7 * DAY_MS, bucket: 2 * HOUR_MS }
}

export const PERIODS: readonly Period[] = ['15m', '1h', '24h', '7d', 'all']

/** Bucket sizes that read well on an axis. */
const BUCKETS: readonly Millis[] = [
  ...[10, 30].map(n => n * SECOND_MS),
  ...[1, 5, 15, 30].map(n => n * MINUTE_MS),
  ...[1, 2, 6, 12].map(n => n * HOUR_MS),
  ...[1, 7, 28, 91].map(n => n * DAY_MS)
]

const MAX_BUCKETS = 120

/**
 * Lays a period out in at most about 120 buckets. Fixed periods end with the bucket that holds `now`; `all` spans
 * the times of the oldest and the newest event (the last hour where there is none).
 */
export function frameOf(period: Period, now: Millis, extent?: { first: Millis; last: Millis }): Frame {
  if (period !== 'all') {
    const { length, bucket } = LAYOUTS[period]
    const to = (Math.floor(now / bucket) + 1) * bucket
    return { period, from: to - length, to, bucket }
  }
  const { first, last } = extent ?? { first: now - HOUR_MS, last: now }
  const bucket = Math.max(bucketFor(last - first), keptWindow(now - first))
  const from = Math.floor(first / bucket) * bucket
  return { period, from, to: Math.max(from, Math.floor(last / bucket) * bucket) + bucket, bucket }
}

/** The store merges windows older than an hour into 5 minutes, older than two days into an hour. */
function keptWindow(age: Millis): Millis {
  return age > 2 * DAY_MS ? HOUR_MS : age > HOUR_MS ? 5 * MINUTE_MS : 0
}

/** The smallest bucket that needs few enough; beyond the list, whole multiples of its last. */
function bucketFor(length: Millis): Millis {
  const largest = BUCKETS.at(-1) ?? DAY_MS
  return (
    BUCKETS.find(bucket => length / bucket <= MAX_BUCKETS) ??
    Math.ceil(length / MAX_BUCKETS / largest) * largest
  )
}

/** Whether a query parameter names a period. */
export function isPeriod(value: unknown): value is Period {
  return PERIODS.some(period => period === value)
}
