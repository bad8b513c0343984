import { SECOND_MS, type Millis } from '../core/time.ts'

const FIRST_DELAY: Millis = 100
const MAX_DELAY: Millis = 30 * SECOND_MS

/**
 * How long to wait before retry number `retry` (from 0 on): ever longer, 30 seconds at most, and spread, so that many
 * do not come back at the same instant. `random` is at least 0 and less than 1.
 */
export function retryDelay(retry: number, random: () => number): Millis {
  const most = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** retry)
  return most * (0.5 + random() / 2)
}
