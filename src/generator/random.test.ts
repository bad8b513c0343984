import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomial, logNormal, normalQuantile, seeded, weighted, zipf } from './random.ts'
import { chiSquare, sum } from './testing/chi-square.ts'

/** How many of 5^n equally likely cases have k successes, each of which comes 4 times in 5. */
function cases(n: number, k: number): bigint {
  let ways = 1n
  for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i)
  return ways * 4n ** BigInt(k)
}

/** The same as shares, exact but for the last rounding. */
function exact(n: number): number[] {
  const scale = 1n << 64n
  return Array.from({ length: n + 1 }, (_, k) => Number((cases(n, k) * scale) / 5n ** BigInt(n)) / 2 ** 64)
}

function draws(n: number, p: number): number[] {
  const [draw, random] = [binomial(n, p), seeded(5)]
  return Array.from({ length: 20_000 }, () => draw(random))
}

/** The shares of 0 to 49 successes, the rare ones put together. */
function bins(all: readonly number[]): number[] {
  return [sum(all.slice(0, 32)), ...all.slice(32, 46), sum(all.slice(46))]
}

const DRAWS = 20_000

/** How often each of `n` indexes is drawn. */
function countsOf(n: number, draw: () => number): number[] {
  const counts = Array.from({ length: n }, () => 0)
  for (let i = 0; i < DRAWS; i++) counts[draw()]!++
  return counts
}

/** The first numbers of a seed. */
function first(seed: number): number[] {
  return Array.from({ length: 8 }, seeded(seed))
}

describe('seeded numbers', () => {
  it('repeat with their seed and differ with another', () =>
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
        expect(first(one)).toEqual(first(one))
        if (one !== other) expect(first(one)).not.toEqual(first(other))
      })
    ))

  it('are even, and so are those of neighbouring seeds', () => {
    const random = seeded(7)
    let seed = 0
    for (const next of [random, () => seeded(seed++)()]) {
      const counts = countsOf(64, () => Math.floor(next() * 64))
      // 103.4 is exceeded once in a thousand runs with 63 degrees of freedom.
      expect(chiSquare(counts, Array(64).fill(1))).toBeLessThan(103.4)
    }
  })
})

describe('draws', () => {
  it('keep their weights', () => {
    const shares = [1, 2, 3, 4]
    const draw = weighted(shares.map((share, i) => [i, share] as const))
    const random = seeded(1)
    // 16.27 is exceeded once in a thousand runs with three degrees of freedom.
    expect(
      chiSquare(
        countsOf(4, () => draw(random)),
        shares
      )
    ).toBeLessThan(16.27)
  })

  it('follow Zipf and stay within the pool', () => {
    const [draw, random] = [zipf(50, 0.9), seeded(2)]
    const shares = Array.from({ length: 50 }, (_, i) => (i + 1) ** -0.9)
    // 85.4 is exceeded once in a thousand runs with 49 degrees of freedom.
    expect(
      chiSquare(
        countsOf(50, () => draw(random)),
        shares
      )
    ).toBeLessThan(85.4)
  })

  it('know the quantiles of a normal distribution', () => {
    // From the tables of the standard normal distribution.
    for (const [p, z] of [
      [0.5, 0],
      [0.8413447461, 1],
      [0.9772498681, 2],
      [0.998650102, 3],
      [0.001, -3.0902323062]
    ])
      expect(normalQuantile(p!)).toBeCloseTo(z!, 6)
  })

  it('are log-normal: as many between two deviations as there should be', () => {
    const [draw, random] = [logNormal(0.5), seeded(3)]
    const edges = [-2, -1, 0, 1, 2].map(z => Math.exp(0.5 * z))
    const counts = countsOf(6, () => {
      const value = draw(random)
      return edges.filter(edge => edge < value).length
    })
    const shares = [0.02275, 0.13591, 0.34134, 0.34134, 0.13591, 0.02275]
    // 20.52 is exceeded once in a thousand runs with five degrees of freedom.
    expect(chiSquare(counts, shares)).toBeLessThan(20.52)
  })
})

describe('binomial draws', () => {
  it('are the inverse of the cumulative distribution', () => {
    const draw = binomial(20, 0.8)
    let below = 0
    for (const [k, share] of exact(20).entries()) {
      if (share > 1e-9)
        expect([draw(() => below + share * 0.001), draw(() => below + share * 0.999)]).toEqual([k, k])
      below += share
    }
  })

  it('keep the shares of a pool of 50', () => {
    const shares = exact(49)
    const counts = Array.from({ length: 50 }, () => 0)
    for (const k of draws(49, 0.8)) counts[k]!++
    // 37.70 is exceeded once in a thousand runs with fifteen degrees of freedom.
    expect(chiSquare(bins(counts), bins(shares))).toBeLessThan(37.7)
  })

  it('keep mean and variance of a million trials', () => {
    const all = draws(1_000_000, 0.8)
    const mean = sum(all) / all.length
    const variance = sum(all.map(k => (k - mean) ** 2)) / all.length
    // Four standard errors each.
    expect(Math.abs(mean - 800_000)).toBeLessThan((4 * 400) / Math.sqrt(all.length))
    expect(Math.abs(variance / 160_000 - 1)).toBeLessThan(4 * Math.sqrt(2 / all.length))
  })

  it('keep the shares of a million trials that seldom succeed', () => {
    const counts = [0, 0, 0, 0, 0, 0]
    for (const k of draws(1_000_000, 1e-6)) counts[Math.min(k, 5)]!++
    // So many trials follow Poisson to the sixth digit: 1 / (k! e), and the rest.
    const shares = [1, 1, 1 / 2, 1 / 6, 1 / 24].map(share => share / Math.E)
    // 20.52 is exceeded once in a thousand runs with five degrees of freedom.
    expect(chiSquare(counts, [...shares, 1 - sum(shares)])).toBeLessThan(20.52)
  })

  it('never are outside 0 to n, whatever chance says', () =>
    fc.assert(
      fc.property(fc.nat({ max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        for (const chance of [0, 0.5, 1 - 2 ** -53]) {
          const k = binomial(n, p)(() => chance)
          expect(Number.isInteger(k) && k >= 0 && k <= n).toBe(true)
        }
      })
    ))

  it('are certain where there is no chance', () => {
    for (const chance of [0, 0.5, 1 - 2 ** -53]) {
      expect([binomial(9, 0), binomial(9, 1), binomial(0, 0.8)].map(draw => draw(() => chance))).toEqual([
        0, 9, 0
      ])
    }
  })

  it.each([
    [-1, 0.5],
    [1.5, 0.5],
    [3, 1.1],
    [3, -0.1],
    [3, NaN]
  ])('refuse %d trials of %d', (n, p) => expect(() => binomial(n, p)).toThrow(RangeError))
})
