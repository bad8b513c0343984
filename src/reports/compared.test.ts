import { describe, expect, it } from 'vitest'
import { toMicros } from '../core/time.ts'
import { isoTime } from '../core/units.ts'
import { comparisonsOf } from './compared.ts'

const at = (text: string): number => toMicros(Date.parse(text))

function compared(from: string, to: string, zone: string): string[] {
  return comparisonsOf({ from: at(from), to: at(to), zone }).map(
    ({ label, period }) => `${label}: ${isoTime(period.from)} ${isoTime(period.to)}`
  )
}

describe('a period is compared', () => {
  it.each([
    [
      'a day',
      ['2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z', 'UTC'],
      [
        'the day before: 2026-11-24T00:00:00Z 2026-11-25T00:00:00Z',
        'the same day a week before: 2026-11-18T00:00:00Z 2026-11-19T00:00:00Z'
      ]
    ],
    [
      'a day after one of 25 hours',
      ['2026-10-26T00:00:00+01:00', '2026-10-27T00:00:00+01:00', 'Europe/Berlin'],
      [
        'the day before: 2026-10-24T22:00:00Z 2026-10-25T23:00:00Z',
        'the same day a week before: 2026-10-18T22:00:00Z 2026-10-19T22:00:00Z'
      ]
    ],
    [
      'a day of half an hour more',
      ['2026-04-05T00:00:00+11:00', '2026-04-06T00:00:00+10:30', 'Australia/Lord_Howe'],
      [
        'the day before: 2026-04-03T13:00:00Z 2026-04-04T13:00:00Z',
        'the same day a week before: 2026-03-28T13:00:00Z 2026-03-29T13:00:00Z'
      ]
    ],
    [
      'a week',
      ['2026-11-23T00:00:00+05:30', '2026-11-30T00:00:00+05:30', 'Asia/Kolkata'],
      ['the week before: 2026-11-15T18:30:00Z 2026-11-22T18:30:00Z']
    ],
    [
      'a month',
      ['2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', 'UTC'],
      ['the month before: 2026-02-01T00:00:00Z 2026-03-01T00:00:00Z']
    ],
    [
      'some days',
      ['2026-03-28T00:00:00+01:00', '2026-03-31T00:00:00+02:00', 'Europe/Berlin'],
      [
        'the 3 days before: 2026-03-24T23:00:00Z 2026-03-27T23:00:00Z',
        'the same time a week before: 2026-03-20T23:00:00Z 2026-03-23T23:00:00Z'
      ]
    ],
    [
      'five minutes',
      ['2026-11-25T10:05:00Z', '2026-11-25T10:10:00Z', 'UTC'],
      [
        'the 5 minutes before: 2026-11-25T10:00:00Z 2026-11-25T10:05:00Z',
        'the same time a week before: 2026-11-18T10:05:00Z 2026-11-18T10:10:00Z'
      ]
    ],
    [
      '24 hours that are no day',
      ['2026-11-25T10:05:07Z', '2026-11-26T10:05:07Z', 'UTC'],
      [
        'the 24 hours before: 2026-11-24T10:05:07Z 2026-11-25T10:05:07Z',
        'the same time a week before: 2026-11-18T10:05:07Z 2026-11-19T10:05:07Z'
      ]
    ]
  ] as const)('%s', (_name, [from, to, zone], expected) => {
    expect(compared(from, to, zone)).toEqual(expected)
  })
})
