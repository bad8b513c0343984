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

const SEED = 0x9747b28c

/** MurmurHash3 x86 32 (Austin Appleby) of the UTF-16 units as blocks, so that every engine can compute it. */
export function hashText(text: string): number {
  let hash = SEED
  for (let i = 0; i < text.length; i++) hash = mixed(hash, text.charCodeAt(i))
  return finished(hash, text.length)
}

function mixed(hash: number, block: number): number {
  let unit = Math.imul(block, 0xcc9e2d51)
  unit = Math.imul((unit << 15) | (unit >>> 17), 0x1b873593)
  const next = hash ^ unit
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0
}

function finished(hash: number, length: number): number {
  let last = hash ^ length
  last = Math.imul(last ^ (last >>> 16), 0x85ebca6b)
  last = Math.imul(last ^ (last >>> 13), 0xc2b2ae35)
  return (last ^ (last >>> 16)) >>> 0
}

/**
 * `hashText` of the text that the bytes from `from` up to `to` spell, without making it: for bytes that are plain ASCII and
 * hold no backslash; `undefined` for all others.
 */
export function hashPlain(bytes: Uint8Array, from = 0, to = bytes.length): number | undefined {
  let hash = SEED
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if (byte >= 0x80 || byte === 0x5c) return undefined
    hash = mixed(hash, byte)
  }
  return finished(hash, to - from)
}

/** Counts one key. Adding a key twice changes nothing. */
export function addToSketch(sketch: Sketch, text: string): void {
  addHash(sketch, hashText(text))
}

/** Counts the key with this `hashText`. */
export function addHash(sketch: Sketch, hash: number): void {
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
/** The natural logarithm of the ratio of two buckets' bounds. */
export const LOG_GAMMA = Math.log(GAMMA)

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
