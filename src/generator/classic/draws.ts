import type { Random } from '../random.ts'
import type { SecondsRange } from './options.ts'

export function uniform(random: Random, { low, high }: SecondsRange): number {
  return low + (high - low) * random()
}

/** A whole number from `low` to `high`, both among them. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * random())
}

/** One of some items, of which there is at least one. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[integerBetween(random, 0, items.length - 1)]!
}

/** Any address of IPv4. */
export function address(random: Random): string {
  const bits = integerBetween(random, 0, 2 ** 32 - 1)
  return [24, 16, 8, 0].map(shift => (bits >>> shift) & 0xff).join('.')
}
