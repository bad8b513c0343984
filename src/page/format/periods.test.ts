import { expect, it } from 'vitest'
import { MINUTE_MS } from '../../core/time.ts'
import { fittingPeriod } from './periods.ts'

it.each([
  [-5, '15m'],
  [0, '15m'],
  [14, '15m'],
  [15, '1h'],
  [61, '24h'],
  [24 * 60 + 1, '7d'],
  [8 * 24 * 60, 'all'],
  [10 * 365 * 24 * 60, 'all']
])('a newest event %d minutes ago asks for %s', (back, period) =>
  expect(fittingPeriod(1e12 - back * MINUTE_MS, 1e12)).toBe(period)
)
