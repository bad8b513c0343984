import * as z from 'zod'
import { parseSize, SIZE } from '../core/units.ts'

const EXPECTED = 'expected a size such as "512KB", "1MiB" or "1GB"'

function withUnit(count: number): string {
  return `expected a size with its unit, such as "${count}MB" or "${count}GB"`
}

/** A size as people write it, from `min` to `max`, which are written likewise, turned into bytes. */
export function sizeSetting(min: string, max: string, summary: string) {
  const [least, most] = [parseSize(min) ?? 0, parseSize(max) ?? Infinity]
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? withUnit(input) : EXPECTED) })
    .regex(SIZE, EXPECTED)
    .transform(text => parseSize(text) ?? least)
    .refine(bytes => bytes >= least && bytes <= most, `expected ${min} to ${max}`)
    .describe(summary)
}
