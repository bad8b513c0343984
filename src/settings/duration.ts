import * as z from 'zod'
import { DURATION, parseDuration } from '../core/duration.ts'
import type { Millis } from '../core/time.ts'

/** A duration as people write it, from `min` to `max`, which are written likewise. */
export function durationSetting(min: string, max: string, summary: string) {
  const [least, most] = [parseDuration(min) ?? 0, parseDuration(max) ?? Infinity]
  return z
    .string()
    .regex(DURATION, 'expected a duration such as "250ms", "10s", "5m", "1h" or "30d"')
    .transform((text): Millis => parseDuration(text) ?? least)
    .refine(duration => duration >= least && duration <= most, `expected ${min} to ${max}`)
    .describe(summary)
}
