import * as z from 'zod'
import { DURATION, parseDuration } from '../core/duration.ts'
import type { Millis } from '../core/time.ts'

const EXPECTED = 'expected a duration such as "250ms", "10s", "5m", "1h" or "30d"'

function withUnit(count: number): string {
  return `expected a duration with its unit, such as "${count}s", "${count}m", "${count}h" or "${count}d"`
}

/** A duration as people write it, from `min` to `max`, which are written likewise. */
export function durationSetting(min: string, max: string, summary: string) {
  const [least, most] = [parseDuration(min) ?? 0, parseDuration(max) ?? Infinity]
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? withUnit(input) : EXPECTED) })
    .regex(DURATION, EXPECTED)
    .transform((text): Millis => parseDuration(text) ?? least)
    .refine(duration => duration >= least && duration <= most, `expected ${min} to ${max}`)
    .describe(summary)
}
