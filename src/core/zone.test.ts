import { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from './time.ts'
import { machineZone, isZone, offsetSpans, timeAtClock, zoneOffsets } from './zone.ts'

const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia'
]

const time = integer({ min: Date.UTC(2009, 0) / 1000, max: Date.UTC(2027, 0) / 1000 }).map(s => s * 1000)

describe('a zone', () => {
  it('is as far from UTC in each of its spans as at each time in them', () => {
    assert(
      property(constantFrom(...ZONES), time, integer({ min: 1, max: 800 }), time, (zone, from, days, at) => {
        const to = from + days * DAY_MS
        const spans = offsetSpans(zone, from, to)
        const within = from + (Math.abs(at) % (to - from))
        const span = spans.findLast(one => one.from <= within)
        expect(span?.minutes).toBe(zoneOffsets(zone)(within))
        for (const { from: begin } of spans.slice(1))
          expect(zoneOffsets(zone)(begin)).not.toBe(zoneOffsets(zone)(begin - 1))
      }),
      { seed: 1, numRuns: 60 }
    )
  })

  it('shows on its clock what a time is made of', () => {
    assert(
      property(constantFrom(...ZONES), time, (zone, at) => {
        const offset = zoneOffsets(zone)
        const local = at + offset(at) * MINUTE_MS
        const found = timeAtClock(local, offset)
        expect(found + offset(found) * MINUTE_MS).toBe(local)
        expect(found).toBeLessThanOrEqual(at)
      }),
      { seed: 2, numRuns: 300 }
    )
  })

  it('is known or not', () => {
    expect(['UTC', 'Asia/Kolkata', 'Mars/Olympus', ''].map(isZone)).toEqual([true, true, false, false])
  })
})

it('knows the zone of the machine, whether it is ever other than UTC or not', () => {
  const { TZ } = process.env
  try {
    for (const zone of ['UTC', 'Europe/Berlin', 'Europe/London', 'Africa/Casablanca', 'America/New_York']) {
      process.env['TZ'] = zone
      expect(machineZone()).toBe(zone)
    }
  } finally {
    if (TZ === undefined) delete process.env['TZ']
    else process.env['TZ'] = TZ
  }
})
