/**
 * Two mergeable summaries: HyperLogLog for the number of distinct keys, logarithmic buckets for percentiles.
 */

const PRECISION = 12
const REGISTERS = 1 << PRECISION

/** HyperLogLog with 4096 registers (Flajolet et al. 2007; standard error 1.04 / sqrt(4096) = 1.6 %). */
export type Sketch = Uint8Array<ArrayBuffer>

export function createSketch(): Sketch {
  return new Uint8Array(REGISTERS)
}

/** MurmurHash3 x86 32 of the UTF-16 units, so that every engine can compute it. */
export function hashText(text: string): number {
  let hash = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    let unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    unit = Math.imul((unit << 15) | (unit >>> 17), 0x1b873593)
    hash ^= unit
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Counts one key. Adding a key twice changes nothing. */
export function addToSketch(sketch: Sketch, text: string): void {
  const hash = hashText(text)
  const index = hash >>> (32 - PRECISION)
  const rank = Math.clz32((hash << PRECISION) | (1 << (PRECISION - 1))) + 1
  if (rank > (sketch[index] ?? 0)) sketch[index] = rank
}

/** Union: `into` afterwards counts the keys of both. */
export function mergeSketch(into: Sketch, from: Sketch): void {
  for (let i = 0; i < REGISTERS; i++) into[i] = Math.max(into[i] ?? 0, from[i] ?? 0)
}

/** Estimated number of distinct keys, with linear counting for few and the 32-bit correction for many. */
export function estimate(sketch: Sketch): number {
  let sum = 0
  let empty = 0
  for (const rank of sketch) {
    sum += 2 ** -rank
    if (rank === 0) empty++
  }
  const alpha = 0.7213 / (1 + 1.079 / REGISTERS)
  const raw = (alpha * REGISTERS * REGISTERS) / sum
  if (raw <= 2.5 * REGISTERS && empty > 0) return Math.round(REGISTERS * Math.log(REGISTERS / empty))
  if (raw > 2 ** 32 / 30) return Math.round(-(2 ** 32) * Math.log(1 - raw / 2 ** 32))
  return Math.round(raw)
}

const GAMMA = 1.01 / 0.99
const LOG_GAMMA = Math.log(GAMMA)

/**
 * Number of the logarithmic bucket that holds `value` (DDSketch, Masson et al. 2019, relative error 1 %).
 * Values below 1 (in the unit counted in) share bucket -1.
 */
export function bucketOf(value: number): number {
  return value < 1 ? -1 : Math.ceil(Math.log(value) / LOG_GAMMA)
}

/** The value that stands for a bucket: at most 1 % away from each value in it; 0 for bucket -1. */
export function bucketValue(bucket: number): number {
  return bucket < 0 ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1)
}
