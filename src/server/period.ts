import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import { timeAtClock, zoneOffsets } from '../core/zone.ts'
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
 * Lays a period out in at most about 120 buckets, hours and days by the clock of a zone (IANA name). Fixed periods end with the bucket
 * that holds `now`; `all` spans the times of the oldest and the newest event (the last hour where there is none).
 */
export function frameOf(
  period: Period,
  now: Millis,
  extent?: { first: Millis; last: Millis },
  zone = 'UTC'
): Frame {
  if (period !== 'all') {
    const { length, bucket } = LAYOUTS[period]
    const bucketOf = bucketsOf({ bucket, zone })
    const { to } = bucketOf(now)
    return { period, from: bucketOf(to - length).from, to, bucket, zone }
  }
  const { first, last } = extent ?? { first: now - HOUR_MS, last: now }
  const bucket = Math.max(bucketFor(last - first), keptWindow(now - first))
  const bucketOf = bucketsOf({ bucket, zone })
  const { from } = bucketOf(first)
  return { period, from, to: bucketOf(Math.max(first, last)).to, bucket, zone }
}

/** Where the buckets of a frame begin. */
export function startsOfFrame(frame: Frame): Millis[] {
  const bucketOf = bucketsOf(frame)
  const starts: Millis[] = []
  for (let at = frame.from; at < frame.to; at = bucketOf(at).to) starts.push(at)
  return starts
}

/**
 * The bucket that holds a time. Hours are counted from the beginning of the day, days from 1970 on, both of the zone: where its clock is
 * set, one is shorter or longer.
 */
export function bucketsOf({ bucket, zone = 'UTC' }: Pick<Frame, 'bucket' | 'zone'>): (at: Millis) => Span {
  const floor = (at: Millis): Span => {
    const from = Math.floor(at / bucket) * bucket
    return { from, to: from + bucket }
  }
  if (zone === 'UTC' || bucket < HOUR_MS) return floor
  const offset = zoneOffsets(zone)
  const days = Math.max(1, bucket / DAY_MS)
  return at => {
    const day = Math.floor((at + offset(at) * MINUTE_MS) / DAY_MS / days) * days
    const from = timeAtClock(day * DAY_MS, offset)
    const to = timeAtClock((day + days) * DAY_MS, offset)
    if (bucket >= DAY_MS) return { from, to }
    const start = from + Math.floor((at - from) / bucket) * bucket
    return { from: start, to: Math.min(start + bucket, to) }
  }
}

interface Span {
  readonly from: Millis
  readonly to: Millis
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
