import type { Period } from '../../server/api-types.ts'

/** The shortest period that reaches back to the newest event, so that an old log does not show an empty page. */
export function fittingPeriod(latest: number, now: number): Period {
  const back = (now - latest) / 60_000
  if (back < 15) return '15m'
  if (back < 60) return '1h'
  if (back < 24 * 60) return '24h'
  return back < 7 * 24 * 60 ? '7d' : 'all'
}
