import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../core/time.ts'
import { endOf, hoursOptions, isWithin } from './hours.ts'

/** The days before a Monday: 2026-01-03 is a Saturday. */
const cases: [settings: object, moment: string, within: boolean][] = [
  [{}, '2026-01-03T12:00:00Z', true],
  [{ at: '08:00-18:00' }, '2026-01-05T07:59:59Z', false],
  [{ at: '08:00-18:00' }, '2026-01-05T08:00:00Z', true],
  [{ at: '08:00-18:00' }, '2026-01-05T18:00:00Z', false],
  [{ at: '08:00-18:00', zone: 'Europe/Berlin' }, '2026-01-05T07:00:00Z', true],
  [{ at: '08:00-18:00', zone: 'Europe/Berlin' }, '2026-07-06T06:00:00Z', true],
  [{ at: '08:00-18:00', days: ['mon'] }, '2026-01-03T12:00:00Z', false],
  [{ at: '08:00-18:00', days: ['mon'] }, '2026-01-05T12:00:00Z', true],
  [{ at: '22:00-06:00', days: ['fri'] }, '2026-01-02T23:00:00Z', true],
  [{ at: '22:00-06:00', days: ['fri'] }, '2026-01-03T05:59:00Z', true],
  [{ at: '22:00-06:00', days: ['fri'] }, '2026-01-03T06:00:00Z', false],
  [{ at: '22:00-06:00', days: ['fri'] }, '2026-01-03T22:30:00Z', false],
  [{ at: '22:00-24:00' }, '2026-01-03T23:59:59Z', true],
  [{ at: '00:00-24:00', days: ['thu'] }, '1970-01-01T00:00:00Z', true]
]

describe('hours', () => {
  it.each(cases)('%j at %s: %s', (settings, moment, within) => {
    expect(isWithin(hoursOptions.parse({ zone: 'UTC', ...settings }), Date.parse(moment))).toBe(within)
  })

  it("are of the machine's zone when none is set", () => {
    const noon = new Date(2026, 0, 5, 12).getTime()
    expect(
      [noon - 3600e3 * 5, noon].map(at => isWithin(hoursOptions.parse({ at: '11:00-13:00' }), at))
    ).toEqual([false, true])
  })

  it('end at the first minute that they do not have', () => {
    const minute = fc
      .integer({ min: 0, max: 1439 })
      .map(at => new Date(at * MINUTE_MS).toISOString().slice(11, 16))
    const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, { minLength: 1 })
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata')
    const time = fc.integer({ min: 0, max: 3 * 1440 }).map(at => Date.UTC(2026, 2, 27) + at * MINUTE_MS)
    fc.assert(
      fc.property(minute, minute, days, zone, time, (from, to, days, zone, time) => {
        const hours = hoursOptions.parse({ at: `${from}-${to}`, days, zone })
        fc.pre(isWithin(hours, time))
        const end = endOf(hours, time)
        if (end === undefined) return isWithin(hours, time + 7 * DAY_MS)
        for (let at = time; at < end; at += MINUTE_MS) if (!isWithin(hours, at)) return false
        return !isWithin(hours, end)
      }),
      { numRuns: 200 }
    )
  })

  it.each([
    { at: '8-18' },
    { at: '08:00-25:00' },
    { days: [] },
    { days: ['someday'] },
    { zone: 'Nowhere/Land' }
  ])('are not %j', settings => expect(hoursOptions.safeParse(settings).success).toBe(false))
})
