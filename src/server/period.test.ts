import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketsOf, frameOf, isPeriod, PERIODS, startsOfFrame } from './period.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)

describe('periods', () => {
  it.each([
    ['15m', 90],
    ['1h', 120],
    ['24h', 96],
    ['7d', 84]
  ] as const)('%s has %i buckets, the last of which holds now', (period, buckets) => {
    const { from, to, bucket } = frameOf(period, NOW)
    expect((to - from) / bucket).toBe(buckets)
    expect(from % bucket).toBe(0)
    expect(to - bucket).toBeLessThanOrEqual(NOW)
    expect(to).toBeGreaterThan(NOW)
  })

  it('lays any extent out in whole buckets, few enough, that hold its first and last time', () => {
    const time = fc.integer({ min: 0, max: Date.UTC(2200, 0) })
    fc.assert(
      fc.property(time, time, (a, b) => {
        const extent = { first: Math.min(a, b), last: Math.max(a, b) }
        const { from, to, bucket } = frameOf('all', NOW, extent)
        expect(from).toBeLessThanOrEqual(extent.first)
        expect(to).toBeGreaterThan(extent.last)
        expect((to - from) % bucket).toBe(0)
        expect((to - from) / bucket).toBeLessThanOrEqual(122)
      }),
      { seed: 7, numRuns: 500 }
    )
  })

  it.each([
    ['now', 0, 10_000],
    ['hours ago', 5 * 3_600_000, 5 * 60_000],
    ['days ago', 5 * 86_400_000, 3_600_000]
  ])('needs no windows narrower than the store keeps: ten minutes %s', (_when, age, bucket) => {
    const last = NOW - age
    expect(frameOf('all', NOW, { first: last - 600_000, last }).bucket).toBe(bucket)
  })

  it('shows the last hour where there is no event at all', () => {
    expect(frameOf('all', NOW)).toMatchObject({ period: 'all', bucket: 30_000 })
  })

  it.each([
    ['Asia/Kolkata', 300, 18.5],
    ['Asia/Kolkata', 7, 0],
    ['America/New_York', 300, 5],
    ['UTC', 300, 0]
  ])('has the days of %s, one of 23 or 25 hours among them where the clock is set', (zone, days, hour) => {
    const extent = { first: NOW - days * 86_400_000, last: NOW }
    const frame = frameOf('all', NOW, extent, zone)
    const starts = startsOfFrame(frame)
    expect(starts.every(start => bucketsOf(frame)(start).from === start)).toBe(true)
    expect([starts[0]! <= extent.first, frame.to > NOW, starts.at(-1)! <= NOW]).toEqual([true, true, true])
    const clocks = new Set(
      starts.map(start => new Date(start).toLocaleTimeString('en-GB', { timeZone: zone, hour12: false }))
    )
    expect(clocks.has('00:00:00')).toBe(true)
    if (days > 100) expect([...clocks]).toEqual(['00:00:00'])
    if (days > 100) expect((starts.at(-1)! / 3_600_000) % 24).toBe(hour)
  })

  it('knows its own names only', () => {
    expect(PERIODS.every(isPeriod)).toBe(true)
    expect(['', '2h', undefined, ['1h'], 15].some(isPeriod)).toBe(false)
  })
})
