import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '../../core/time.ts'
import type { Period } from '../../server/api-types.ts'

/** The periods that can be chosen. */
export const PERIOD_CHOICES: readonly { period: Period; label: string; words: string }[] = [
  { period: '15m', label: '15 min', words: 'in the last 15 minutes' },
  { period: '1h', label: '1 hour', words: 'in the last hour' },
  { period: '24h', label: '24 hours', words: 'in the last 24 hours' },
  { period: '7d', label: '7 days', words: 'in the last 7 days' },
  { period: 'all', label: 'All', words: 'since the first line' }
]

/** The shortest period that reaches back to the newest event, so that an old log does not show an empty page. */
export function fittingPeriod(latest: Millis, now: Millis): Period {
  const back = now - latest
  if (back < 15 * MINUTE_MS) return '15m'
  if (back < HOUR_MS) return '1h'
  if (back < DAY_MS) return '24h'
  return back < 7 * DAY_MS ? '7d' : 'all'
}
