import quantile from './quantile.json' with { type: 'json' }

/** A source of numbers in [0, 1). */
export type Random = () => number

/** Rounds after which nothing of a seed's pattern is left. */
const MIXING = 15

/** Repeatable random numbers out of a whole number: sfc32 (Chris Doty-Humphrey, PractRand), period 2^127 on average. */
export function seeded(seed: number): Random {
  let a = Math.floor(seed / 2 ** 32) | 0
  let b = seed | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const next: Random = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < MIXING; i++) next()
  return next
}

/** A whole number from `low` to `high`, both among them. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor((high - low + 1) * random())
}

/** One of some items, of which there is at least one. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[integerBetween(random, 0, items.length - 1)]!
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
  return indexed(Float64Array.from({ length: n }, (_, i) => (i + 1) ** -exponent))
}

/**
 * Draws how many of `n` trials succeed (0 to n) when each does with probability `p` (0 to 1). Each count is weighed by the most
 * likely one, from which the others follow step by step, so that no weight that matters is too small for a number.
 */
export function binomial(n: number, p: number): (random: Random) => number {
  if (!(Number.isSafeInteger(n) && n >= 0 && p >= 0 && p <= 1)) {
    throw new RangeError(`no binomial distribution has ${n} trials of probability ${p}`)
  }
  const weights = new Float64Array(n + 1)
  const likeliest = Math.min(n, Math.floor((n + 1) * p))
  let weight = (weights[likeliest] = 1)
  for (let k = likeliest; k < n; k++) weights[k + 1] = weight *= ((n - k) / (k + 1)) * (p / (1 - p))
  weight = 1
  for (let k = likeliest; k > 0; k--) weights[k - 1] = weight *= (k / (n - k + 1)) * ((1 - p) / p)
  return indexed(weights)
}

/** Draws an index with its weight, by inversion of the running sums of the weights. */
function indexed(weights: Float64Array): (random: Random) => number {
  let total = 0
  const sums = weights.map(weight => (total += weight))
  return random => {
    const wanted = random() * total
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Points of a distribution between which is interpolated. */
const POINTS = 4096

/**
 * Draws factors that are distributed log-normally with the median 1; `spread` is the deviation of their logarithm. Of the tails,
 * what is rarer than once in eight thousand is left out.
 */
export function logNormal(spread: number): (random: Random) => number {
  const points = Float64Array.from({ length: POINTS + 1 }, (_, i) =>
    Math.exp(spread * normalQuantile((i + 0.5) / (POINTS + 1)))
  )
  return random => {
    const at = random() * POINTS
    const below = Math.floor(at)
    return points[below]! + (at - below) * (points[below + 1]! - points[below]!)
  }
}

/**
 * The value that a standard normal variable stays below with the probability `p` (0 < p < 1), to nine digits: Peter J. Acklam's rational
 * approximation of the inverse normal distribution; quantile.json has its coefficients, in the middle and in the tails.
 */
export function normalQuantile(p: number): number {
  const { middle, tail } = quantile
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return polynomial(tail.above, q) / polynomial(tail.below, q)
  }
  const q = p - 0.5
  return (q * polynomial(middle.above, q * q)) / polynomial(middle.below, q * q)
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
