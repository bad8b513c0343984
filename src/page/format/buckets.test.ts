import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameOf, PERIODS, startsOfFrame } from '../../server/period.ts'
import { laidOut, layoutOf } from './buckets.ts'

const SIZES = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)

it.each([
  ['15m', 'minute', 60_000],
  ['1h', 'minute', 60_000],
  ['24h', 'minute', 900_000],
  ['7d', 'hour', 7_200_000]
] as const)('%s is counted by %s, in buckets of %i ms', (period, step, bucket) => {
  expect(layoutOf(frameOf(period, NOW), startsOfFrame(frameOf(period, NOW)))).toMatchObject({ step, bucket })
})

it('puts each line of the period into one bucket, that of its time', () => {
  const back = fc.integer({ min: 0, max: 400 * 86_400_000 })
  fc.assert(
    fc.property(fc.constantFrom(...PERIODS), back, fc.array(fc.nat(1000)), (period, extent, parts) => {
      const frame = frameOf(period, NOW, { first: NOW - extent, last: NOW })
      const layout = layoutOf(frame, startsOfFrame(frame))
      const size = SIZES[layout.step]
      const times = parts.map(part => frame.from + Math.floor(((frame.to - 1 - frame.from) * part) / 1000))
      const { time, counts } = laidOut(
        layout,
        times.map(at => ({ time: Math.floor(at / size) * size, count: 1 }))
      )
      const expected = time.map(start => times.filter(at => at >= start && at < start + layout.bucket).length)
      expect(counts).toEqual(expected)
      expect(counts.reduce((sum, one) => sum + one, 0)).toBe(times.length)
    }),
    { seed: 5, numRuns: 300 }
  )
})
