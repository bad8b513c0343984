import type { Frame, Period } from './api-types.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const LAYOUTS: Readonly<Record<Exclude<Period, 'all'>, { length: number; bucket: number }>> = {
  '15m': { length: 15 * MINUTE, bucket: 10 * SECOND },
  '1h': { length: HOUR, bucket: 30 * SECOND },
  '24h': { length: DAY, bucket: 15 * MINUTE },
  '7d': { length: 7 * DAY, bucket: 2 * HOUR }
}

export const PERIODS: readonly Period[] = ['15m', '1h', '24h', '7d', 'all']

/** Bucket sizes that read well on an axis, in ms. */
const BUCKETS: readonly number[] = [
  ...[10, 30].map(n => n * SECOND),
  ...[1, 5, 15, 30].map(n => n * MINUTE),
  ...[1, 2, 6, 12].map(n => n * HOUR),
  ...[1, 7, 28, 91].map(n => n * DAY)
]

const MOST_BUCKETS = 120

/**
 * Lays a period out in at most about 120 buckets. Fixed periods end with the bucket that holds `now`; `all` spans
 * `first` to `last`, the times of the oldest and newest event (both ms; the last hour where there is none).
 */
export function frameOf(period: Period, now: number, extent?: { first: number; last: number }): Frame {
  if (period !== 'all') {
    const { length, bucket } = LAYOUTS[period]
    const to = (Math.floor(now / bucket) + 1) * bucket
    return { period, from: to - length, to, bucket }
  }
  const { first, last } = extent ?? { first: now - HOUR, last: now }
  const bucket = Math.max(bucketFor(last - first), keptWindow(now - first))
  const from = Math.floor(first / bucket) * bucket
  return { period, from, to: Math.max(from, Math.floor(last / bucket) * bucket) + bucket, bucket }
}

/** The store merges windows older than an hour into 5 minutes, older than two days into an hour. */
function keptWindow(age: number): number {
  return age > 2 * DAY ? HOUR : age > HOUR ? 5 * MINUTE : 0
}

/** The smallest bucket that needs few enough; beyond the list, whole multiples of its last. */
function bucketFor(length: number): number {
  const largest = BUCKETS.at(-1) ?? DAY
  return (
    BUCKETS.find(bucket => length / bucket <= MOST_BUCKETS) ??
    Math.ceil(length / MOST_BUCKETS / largest) * largest
  )
}

/** Whether a query parameter names a period. */
export function isPeriod(value: unknown): value is Period {
  return PERIODS.some(period => period === value)
}
