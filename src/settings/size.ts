import * as z from 'zod'
import { parseSize, SIZE } from '../core/units.ts'

/** A size as people write it, from `min` to `max`, which are written likewise, turned into bytes. */
export function sizeSetting(min: string, max: string, summary: string) {
  const [least, most] = [parseSize(min) ?? 0, parseSize(max) ?? Infinity]
  return z
    .string()
    .regex(SIZE, 'expected a size such as "512KB", "1MiB" or "1GB"')
    .transform(text => parseSize(text) ?? least)
    .refine(bytes => bytes >= least && bytes <= most, `expected ${min} to ${max}`)
    .describe(summary)
}
