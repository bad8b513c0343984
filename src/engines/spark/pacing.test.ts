import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pacing, shares } from './pacing.ts'

const MIB = 1 << 20
const OPTIONS = { interval: 250, longest: 2000, maxBytes: 128 * MIB }

/** Works a backlog off on a cluster that takes `fixed` milliseconds a batch and reads so many bytes a millisecond. */
function worked(backlog: number, fixed: number, speed: number, options = OPTIONS) {
  const pacing = new Pacing(options)
  const batches: { bytes: number; duration: number }[] = []
  for (let now = 0, left = backlog; left > 0 && batches.length < 10_000;) {
    now = Math.max(now, pacing.next)
    const bytes = Math.min(left, pacing.bytes)
    const duration = fixed + bytes / speed
    pacing.took(now, bytes, duration, bytes < left)
    batches.push({ bytes, duration })
    now += duration
    left -= bytes
  }
  return { pacing, batches, time: batches.reduce((sum, { duration }) => sum + duration, 0) }
}

describe('the size of batches', () => {
  it('grows at once when much waits, until a batch takes as long as it is to', () => {
    const { batches, time } = worked(2000 * MIB, 200, 200_000)
    expect(Math.max(...batches.map(({ bytes }) => bytes))).toBe(OPTIONS.maxBytes)
    expect(batches[4]?.bytes).toBe(OPTIONS.maxBytes)
    // Not half again what it takes at the speed of the cluster alone.
    expect(time).toBeLessThan((1.5 * 2000 * MIB) / 200_000)
  })

  it('stays within what a slow cluster reads in that time', () => {
    const { batches } = worked(200 * MIB, 200, 5000)
    for (const { duration } of batches.slice(3, -1)) {
      expect(duration).toBeLessThan(2 * OPTIONS.longest)
      expect(duration).toBeGreaterThan(OPTIONS.longest / 4)
    }
  })

  it.each([0, 30_000])('grows where any batch takes longer than it is to, after %i ms too', waited => {
    // A busy cluster: whatever a batch has, it takes four seconds and more.
    const pacing = new Pacing(OPTIONS)
    for (let now = 0; now < waited; now += 4500) pacing.took(now, 500_000, 4050, false)
    const durations = Array.from({ length: 40 }, () => {
      const { bytes } = pacing
      const duration = 4000 + bytes / 10_000
      pacing.took(0, bytes, duration, true)
      return { bytes, duration }
    })
    for (const { bytes, duration } of durations.slice(10)) {
      expect(bytes).toBeGreaterThan(10_000_000)
      expect(duration).toBeLessThan(4000 + 1.5 * OPTIONS.longest)
    }
  })

  it('is within its bounds whatever happens, and becomes large again after a bad time', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            duration: fc.nat(100_000),
            behind: fc.boolean(),
            part: fc.double({ min: 0, max: 1, noNaN: true })
          })
        ),
        steps => {
          const pacing = new Pacing(OPTIONS)
          let now = 0
          for (const { duration, behind, part } of steps) {
            pacing.took(now, Math.floor(pacing.bytes * part), duration, behind)
            expect(pacing.bytes).toBeGreaterThanOrEqual(1)
            expect(pacing.bytes).toBeLessThanOrEqual(OPTIONS.maxBytes)
            now += duration
          }
          for (let i = 0; i < 20; i++) pacing.took(now, pacing.bytes, 300, true)
          expect(pacing.bytes).toBe(OPTIONS.maxBytes)
        }
      )
    )
  })

  it('does not shrink for a small batch that took long', () => {
    const pacing = new Pacing(OPTIONS)
    pacing.took(0, 100, 60_000, false)
    expect(pacing.bytes).toBeGreaterThanOrEqual(MIB)
  })

  it('lets a batch begin at once when more waits, else after the interval', () => {
    const pacing = new Pacing(OPTIONS)
    expect(pacing.next).toBe(-Infinity)
    pacing.took(1000, 10, 50, false)
    expect(pacing.next).toBe(1250)
    pacing.took(1250, MIB, 50, true)
    expect(pacing.next).toBe(-Infinity)
  })
})

describe('shares', () => {
  it('are what is wanted where there is enough, else in proportion and never nothing', () => {
    expect(shares([1, 2, 3], 6, 1)).toEqual([1, 2, 3])
    expect(shares([100, 300, 0], 40, 5)).toEqual([10, 30, 0])
    expect(shares([1000, 3], 100, 10)).toEqual([99, 3])
    expect(shares([], 5, 1)).toEqual([])
  })
})
