import * as z from 'zod'
import { DURATION, parseDuration } from '../core/duration.ts'

/** A duration as people write it, turned into milliseconds and held within bounds that are written likewise. */
export function durationSetting(least: string, most: string, summary: string) {
  const [min, max] = [parseDuration(least) ?? 0, parseDuration(most) ?? Infinity]
  return z
    .string()
    .regex(DURATION, 'expected a duration such as "250ms", "10s", "5m", "1h" or "30d"')
    .refine(text => within(parseDuration(text), min, max), `expected ${least} to ${most}`)
    .transform(text => parseDuration(text) ?? min)
    .describe(summary)
}

function within(value: number | undefined, min: number, max: number): boolean {
  return value === undefined || (value >= min && value <= max)
}
