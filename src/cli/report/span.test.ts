import { describe, expect, it } from 'vitest'
import { isoTime } from '../../core/units.ts'
import { spanIn, type SpanOptions } from './span.ts'

const NOW = Date.parse('2026-11-25T10:05:07.250Z')

const span = (options: SpanOptions, zone: string): string => {
  const { from, to } = spanIn(options, zone, NOW)
  return `${isoTime(from)} ${isoTime(to)}`
}

describe('a period is', () => {
  it.each<[SpanOptions, zone: string, expected: string]>([
    [{ last: '24h' }, 'UTC', '2026-11-24T10:05:07.250000Z 2026-11-25T10:05:07.250000Z'],
    [{ last: 'day' }, 'Asia/Kolkata', '2026-11-23T18:30:00Z 2026-11-24T18:30:00Z'],
    [{ last: 'week' }, 'UTC', '2026-11-16T00:00:00Z 2026-11-23T00:00:00Z'],
    [{ from: 'yesterday', to: 'today' }, 'America/New_York', '2026-11-24T05:00:00Z 2026-11-25T05:00:00Z'],
    [{ from: 'today' }, 'UTC', '2026-11-25T00:00:00Z 2026-11-25T10:05:07.250000Z'],
    [{ from: '2026-10-25', to: '2026-10-26' }, 'Europe/Berlin', '2026-10-24T22:00:00Z 2026-10-25T23:00:00Z'],
    [
      { from: '2026-10-25 02:30', to: '2026-10-25T03:00' },
      'Europe/Berlin',
      '2026-10-25T00:30:00Z 2026-10-25T02:00:00Z'
    ],
    [
      // There is no 2:30 on that day.
      { from: '2026-03-29 02:30', to: '2026-03-29 04:00:00.5' },
      'Europe/Berlin',
      '2026-03-29T01:30:00Z 2026-03-29T02:00:00.500000Z'
    ],
    [
      { from: '2026-11-25T00:00:00+05:30', to: 'now' },
      'Europe/Berlin',
      '2026-11-24T18:30:00Z 2026-11-25T10:05:07.250000Z'
    ]
  ])('%j in %s: %s', (options, zone, expected) => {
    expect(span(options, zone)).toBe(expected)
  })

  it.each<[SpanOptions, message: string]>([
    [{ last: 'soon' }, '--last: expected a span such as 30m, 24h or 7d'],
    [{ last: '1h', from: 'today' }, '--last does not go together with --from and --to'],
    [{ to: 'today' }, '--to goes with --from'],
    [{ from: '2026-02-30' }, '--from: expected a time such as'],
    [{ from: 'today', to: 'yesterday' }, '--from today is not before --to yesterday'],
    [{ from: '2027-01-01' }, '--from 2027-01-01 is not before now']
  ])('%j is none: %s', (options, message) => {
    expect(() => spanIn(options, 'UTC', NOW)).toThrow(message)
  })
})
