import * as z from 'zod'

const SIZE = /^(?<digits>\d{1,9})(?:(?<scale>[KMG])(?<binary>i?))?B$/i

/** Bytes of `512B`, `64KB`, `1MiB` or `2GB` (KB is 1000 bytes, KiB 1024); `undefined` for anything else. */
export function parseSize(text: string): number | undefined {
  const { digits, scale, binary } = SIZE.exec(text)?.groups ?? {}
  if (digits === undefined) return undefined
  const power = scale === undefined ? 0 : 1 + 'KMG'.indexOf(scale.toUpperCase())
  return Number(digits) * (binary ? 1024 : 1000) ** power
}

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
