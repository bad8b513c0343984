import * as z from 'zod'
import { DURATION, parseDuration } from '../core/duration.ts'
import type { Millis } from '../core/time.ts'

/** A duration as people write it, from `min` to `max`, which are written likewise. */
export function durationSetting(min: string, max: string, summary: string) {
  const [least, most] = [parseDuration(min) ?? 0, parseDuration(max) ?? Infinity]
  return z
    .string()
    .regex(DURATION, 'expected a duration such as "250ms", "10s", "5m", "1h" or "30d"')
    .refine(text => within(parseDuration(text), least, most), `expected ${min} to ${max}`)
    .transform((text): Millis => parseDuration(text) ?? least)
    .describe(summary)
}

function within(value: Millis | undefined, min: Millis, max: Millis): boolean {
  return value === undefined || (value >= min && value <= max)
}
