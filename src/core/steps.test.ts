import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockIn, stepOver, STEPS, windowsIn, type CalendarStep } from './steps.ts'
import { DAY, HOUR, MINUTE, toMicros } from './time.ts'

const at = (text: string): number => toMicros(Date.parse(text))

/** The window of a step that holds a time, and its length in hours. */
const days: [zone: string, step: CalendarStep, time: string, from: string, hours: number][] = [
  ['UTC', 'day', '2026-03-29T12:00Z', '2026-03-29T00:00Z', 24],
  ['Europe/Berlin', 'day', '2026-03-29T12:00Z', '2026-03-28T23:00Z', 23],
  ['Europe/Berlin', 'day', '2026-10-25T00:30Z', '2026-10-24T22:00Z', 25],
  ['Europe/Berlin', 'week', '2026-10-25T00:30Z', '2026-10-18T22:00Z', 169],
  ['Europe/Berlin', 'month', '2026-03-15T00:30Z', '2026-02-28T23:00Z', 743],
  ['America/New_York', 'year', '2026-07-04T00:00Z', '2026-01-01T05:00Z', 8760],
  ['Asia/Kathmandu', 'day', '2026-07-04T18:20Z', '2026-07-04T18:15Z', 24],
  ['Asia/Kathmandu', 'hour', '2026-07-04T18:20Z', '2026-07-04T18:15Z', 1],
  ['Asia/Kolkata', 'hour', '2026-07-04T18:20Z', '2026-07-04T17:30Z', 1],
  // Clocks go from 0:00 to 1:00: there is no midnight.
  ['America/Sao_Paulo', 'day', '2018-11-04T12:00Z', '2018-11-04T03:00Z', 23],
  // From 1:00 back to 0:00: midnight is there twice.
  ['America/Havana', 'day', '2026-11-01T12:00Z', '2026-11-01T04:00Z', 25],
  // Half an hour forward at 2:00, back at 2:00 to 1:30.
  ['Australia/Lord_Howe', 'day', '2026-04-04T20:00Z', '2026-04-04T13:00Z', 24.5],
  ['Australia/Lord_Howe', 'hour', '2026-04-04T14:30Z', '2026-04-04T14:00Z', 1],
  ['Australia/Lord_Howe', 'hour', '2026-04-04T15:10Z', '2026-04-04T15:00Z', 0.5],
  // A Saturday that was left out.
  ['Pacific/Apia', 'day', '2011-12-30T09:00Z', '2011-12-29T10:00Z', 24]
]

describe('windowsIn', () => {
  it.each(days)('in %s the %s of %s begins at %s', (zone, step, time, from, hours) => {
    const window = windowsIn(step, zone)(at(time))
    expect(new Date(window.from / 1000).toISOString()).toBe(new Date(from).toISOString())
    expect((window.to - window.from) / HOUR).toBe(hours)
  })

  it('lays all time out without gaps, each time in the window that it is given', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Sao_Paulo']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...STEPS),
        fc.integer({ min: at('2015-01-01'), max: at('2027-01-01') }),
        (zone, step, time) => {
          const windows = windowsIn(step, zone)
          const { from, to } = windows(time)
          expect(from <= time && time < to).toBe(true)
          expect(windows(from)).toEqual({ from, to })
          expect(windows(to - 1)).toEqual({ from, to })
          expect(windows(to).from).toBe(to)
          expect(windows(from - 1).to).toBe(from)
        }
      ),
      { numRuns: 200, seed: 15 }
    )
  })

  it('tells which zone is unknown', () => {
    expect(() => windowsIn('day', 'Europe/Atlantis')).toThrow('Europe/Atlantis')
  })
})

it('reads a period in the finest step that is not too fine', () => {
  const over = (length: number, least?: CalendarStep): CalendarStep => stepOver(0, length, 200, least)
  expect(
    [10 * MINUTE, 16 * HOUR, DAY, 7 * DAY, 31 * DAY, 365 * DAY, 4000 * DAY].map(one => over(one))
  ).toEqual(['minute', '5 minutes', '15 minutes', 'hour', 'day', 'week', 'month'])
  expect(over(10 * MINUTE, 'hour')).toBe('hour')
})

it('shows the clock of a zone', () => {
  const berlin = clockIn('Europe/Berlin')
  expect(['2026-10-25T00:30Z', '2026-10-25T01:30Z'].map(time => berlin(at(time)))).toEqual([
    '2026-10-25 02:30:00',
    '2026-10-25 02:30:00'
  ])
  expect(clockIn('Asia/Kathmandu')(at('2026-07-04T18:20Z'))).toBe('2026-07-05 00:05:00')
})
