/** A source of numbers in [0, 1). */
export type Random = () => number

/** Repeatable random numbers: mulberry32 (Tommy Ettinger), period 2^32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws from `items` with the weight that stands beside each; weights need not add up to anything. */
export function weighted<T>(items: readonly (readonly [T, number])[]): (random: Random) => T {
  const first = items[0]
  if (!first) throw new RangeError('nothing to draw from')
  const total = items.reduce((sum, [, weight]) => sum + weight, 0)
  return random => {
    let left = random() * total
    for (const [item, weight] of items) if ((left -= weight) < 0) return item
    return first[0]
  }
}

/** Draws an index of 0 to n-1, index i with a weight of 1 / (i + 1)^exponent: few are asked often, many seldom. */
export function zipf(n: number, exponent: number): (random: Random) => number {
  const sums = new Float64Array(n)
  let total = 0
  for (let i = 0; i < n; i++) sums[i] = total += (i + 1) ** -exponent
  return random => {
    const wanted = random() * total
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** A log-normal value with the given median; `spread` is the deviation of its logarithm (Box-Muller). */
export function logNormal(random: Random, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(spread * normal)
}
