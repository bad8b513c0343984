import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, SECOND, SECOND_MS, type Millis } from '../core/time.ts'
import { curveOf, curveOptions, SHAPES, type Curve } from './curves.ts'
import { CELL, Pace } from './pace.ts'

const PER_SECOND = SECOND / CELL

/** When lines are due (microseconds from the start) in so many seconds, at a rate that changes. */
function dueIn(seconds: number, rate: (seconds: number) => number): number[] {
  const pace = new Pace()
  return Array.from({ length: seconds * PER_SECOND }, (_, cell) => {
    const from = cell * CELL
    const lines = pace.due(rate((from + CELL / 2) / SECOND))
    return Array.from({ length: lines }, (_, i) => from + pace.at(i))
  }).flat()
}

describe('a pace', () => {
  it.each([0.1, 0.7, 1, 3, 50, 333.3, 100_000, 1_234_567])(
    'of %d lines a second is exact over time',
    rate => {
      const seconds = rate > 1000 ? 3 : 100
      expect(Math.abs(dueIn(seconds, () => rate).length - rate * seconds)).toBeLessThanOrEqual(1)
    }
  )

  it('is exact over any stretch, whatever the rates, and never goes back', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { minLength: 1, maxLength: 20 }),
        rates => {
          const times = dueIn(rates.length, seconds => rates[Math.floor(seconds)]!)
          for (const second of rates.keys()) {
            const wanted = rates.slice(0, second + 1).reduce((a, b) => a + b, 0)
            const made = times.filter(time => time < (second + 1) * SECOND).length
            expect(Math.abs(made - wanted)).toBeLessThanOrEqual(1)
          }
          expect(times).toEqual(times.toSorted((a, b) => a - b))
        }
      )
    ))

  it('spreads lines evenly', () => {
    const times = dueIn(1, () => 1000)
    for (const [i, time] of times.entries()) expect(Math.abs(time - (i + 1) * 1000)).toBeLessThanOrEqual(1)
  })
})

/** The mean of a curve over seconds, by the middle of each hundredth. */
function mean(curve: Curve, seconds: number): number {
  let sum = 0
  for (let i = 0; i < seconds * 100; i++) sum += at(curve, (i + 0.5) / 100)
  return sum / (seconds * 100)
}

function at(curve: Curve, seconds: number, day: Millis = (seconds * SECOND_MS) % DAY_MS): number {
  return curve(seconds * SECOND_MS, day)
}

describe('curves', () => {
  it.each<[options: object, seconds: number, day: number, factor: number]>([
    [{ shape: 'constant' }, 12, 0, 1],
    [{ shape: 'daily', swing: 0.5, peak: '12:00' }, 0, 43_200, 1.5],
    [{ shape: 'daily', swing: 0.5, peak: '12:00' }, 0, 0, 0.5],
    [{ shape: 'daily', swing: 0.5, peak: '12:00' }, 0, 21_600, 1],
    [{ shape: 'ramp', from: 0, to: 4, over: '10s' }, 5, 0, 2],
    [{ shape: 'ramp', from: 0, to: 4, over: '10s' }, 50, 0, 4],
    [{ shape: 'square', low: 1, high: 3, period: '10s', share: 0.3 }, 6.9, 0, 1],
    [{ shape: 'square', low: 1, high: 3, period: '10s', share: 0.3 }, 7.1, 0, 3],
    [{ shape: 'spike', factor: 5, every: '60s', width: '10s' }, 30, 0, 5],
    [{ shape: 'spike', factor: 5, every: '60s', width: '10s' }, 25, 0, 3],
    [{ shape: 'spike', factor: 5, every: '60s', width: '10s' }, 90, 0, 5],
    [{ shape: 'flood', factor: 10, at: '5s', for: '2s' }, 4.99, 0, 1],
    [{ shape: 'flood', factor: 10, at: '5s', for: '2s' }, 5, 0, 10],
    [{ shape: 'flood', factor: 10, at: '5s', for: '2s' }, 7, 0, 1]
  ])('%o at %d s is %d', (options, seconds, day, factor) =>
    expect(at(curveOf(curveOptions.parse(options)), seconds, day * SECOND_MS)).toBeCloseTo(factor, 9)
  )

  it('keep the mean where they go up and down from it', () => {
    expect(mean(curveOf(curveOptions.parse({ shape: 'daily' })), 86_400)).toBeCloseTo(1, 6)
    expect(mean(curveOf(curveOptions.parse({ shape: 'square' })), 1200)).toBeCloseTo(1, 6)
  })

  it.each(SHAPES)('%s never goes below nothing', shape => {
    const curve = curveOf(curveOptions.parse({ shape }))
    for (let second = 0; second < 90_000; second += 7) expect(at(curve, second)).toBeGreaterThanOrEqual(0)
  })
})
