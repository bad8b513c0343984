import * as z from 'zod'

/** A whole number within bounds, as text or as a number. */
export function wholeNumberSetting(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`
  return z.coerce
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine(value => value >= min && value <= max, expected)
}
