import { assert, constantFrom, integer, property, record, array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import { zoneOffsets } from '../core/zone.ts'
import { datesOf, intervalOf, lastWhole, nextDates, turnOf, type Recurrence } from './schedule.ts'

const at = (text: string): Millis => Date.parse(text)
const text = (time: Millis): string => new Date(time).toISOString().replace(/(:00)?\.000Z$/, 'Z')

/** Zones with every oddity: no DST, half an hour of it, gaps and overlaps at midnight, 45 minutes, a day that was left out. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Pacific/Apia',
  'Africa/Casablanca'
]

const offsets = new Map(ZONES.map(zone => [zone, zoneOffsets(zone)]))

/** Date and minute of the day by the clock on the wall. */
function wall(zone: string, time: Millis): { day: string; minute: number } {
  const local = time + (offsets.get(zone)?.(time) ?? 0) * MINUTE_MS
  return {
    day: new Date(local).toISOString().slice(0, 10),
    minute: Math.floor((local % DAY_MS) / MINUTE_MS)
  }
}

const RANDOM_TIME = integer({ min: at('2011-06-01') / 1000, max: at('2027-01-01') / 1000 }).map(
  seconds => seconds * SECOND_MS
)

const TIMINGS: readonly Recurrence[] = [
  { every: 5 * SECOND_MS },
  { every: 7 * MINUTE_MS },
  { every: HOUR_MS },
  ...ZONES.flatMap((zone): Recurrence[] => [
    { cron: '30 2 * * *', zone },
    { cron: '0 0 * * *', zone },
    { cron: '0 7 * * 1', zone },
    { cron: '*/20 1-3 * * *', zone },
    { cron: '0 0 1 * *', zone }
  ])
]

describe('the dates of a schedule', () => {
  it('follow each other: the last one before the next is the one before', () => {
    assert(
      property(constantFrom(...TIMINGS), RANDOM_TIME, integer({ min: 0, max: 999 }), (timing, time, ms) => {
        const dates = datesOf(timing)
        const now = time + ms
        const [last, next] = [dates.last(now), dates.next(now)]
        expect(last).toBeLessThanOrEqual(now)
        expect(next).toBeGreaterThan(now)
        expect(dates.next(last)).toBe(next)
        expect(dates.last(next)).toBe(next)
        expect(dates.last(next - 1)).toBe(last)
      }),
      { seed: 1, numRuns: 300 }
    )
  })

  it('come exactly once a day, whatever the clocks do', () => {
    const minutes = [0, 1, 30, 2 * 60, 2 * 60 + 30, 3 * 60, 7 * 60, 23 * 60 + 59]
    assert(
      property(constantFrom(...ZONES), RANDOM_TIME, constantFrom(...minutes), (zone, time, minute) => {
        const dates = datesOf({ cron: `${minute % 60} ${Math.floor(minute / 60)} * * *`, zone })
        let date = dates.next(time)
        for (let i = 0; i < 40; i++) {
          const next = dates.next(date)
          const [here, there] = [wall(zone, date), wall(zone, next)]
          expect(there.day > here.day, `${text(date)} ${text(next)}`).toBe(true)
          const days = (Date.parse(there.day) - Date.parse(here.day)) / DAY_MS
          // One day was left out in Samoa.
          expect(days).toBe(here.day === '2011-12-29' && zone === 'Pacific/Apia' ? 2 : 1)
          expect(there.minute).toBeGreaterThanOrEqual(minute)
          if (there.minute > minute) {
            const before = wall(zone, next - 1)
            expect(before.day < there.day || before.minute < minute).toBe(true)
          } else {
            // Of a time that is there twice it is the first.
            const earlier = [30, 60].map(by => next - by * MINUTE_MS).map(before => wall(zone, before))
            expect(earlier).not.toContainEqual(there)
          }
          date = next
        }
      }),
      { seed: 2, numRuns: 60 }
    )
  })

  const nights: readonly [name: string, timing: Recurrence, from: string, expected: readonly string[]][] = [
    [
      'a gap',
      { cron: '30 2 * * *', zone: 'Europe/Berlin' },
      '2026-03-28T00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z']
    ],
    [
      'a gap that one of several times lies in',
      { cron: '30 2,14 * * *', zone: 'Europe/Berlin' },
      '2026-03-28T23:00Z',
      ['2026-03-29T01:00Z', '2026-03-29T12:30Z', '2026-03-30T00:30Z']
    ],
    [
      'an hour that is there twice',
      { cron: '30 2 * * *', zone: 'Europe/Berlin' },
      '2026-10-24T00:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z']
    ],
    [
      'every half hour through an hour that is there twice',
      { cron: '*/30 * * * *', zone: 'Europe/Berlin' },
      '2026-10-25T00:15Z',
      ['2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-25T02:00Z']
    ],
    ['every 25 seconds', { every: 25 * SECOND_MS }, '2026-01-01T00:00:01Z', ['2026-01-01T00:00:25Z']],
    [
      'Mondays',
      { cron: '0 7 * * 1', zone: 'Asia/Kathmandu' },
      '2026-11-30T01:16Z',
      ['2026-12-07T01:15Z', '2026-12-14T01:15Z']
    ]
  ]
  it.each(nights)('%s', (_, timing, from, expected) => {
    expect(nextDates(datesOf(timing), expected.length, () => at(from)).map(text)).toEqual(expected)
  })

  it.each([
    ['0 25 * * *', /no cron pattern: Invalid value for hour/],
    ['0 7 * *', /no cron pattern/],
    ['0 0 7 * * 1', /no cron pattern/],
    ['0 0 30 2 *', /never comes/]
  ])('%s has none', (cron, why) => {
    expect(() => datesOf({ cron }).next(0)).toThrow(why)
  })
})

describe('the interval of a report', () => {
  const cases: readonly [
    Parameters<typeof lastWhole>[0],
    zone: string,
    now: string,
    from: string,
    to: string
  ][] = [
    ['hour', 'Asia/Kathmandu', '2026-11-30T07:20Z', '2026-11-30T06:15Z', '2026-11-30T07:15Z'],
    ['day', 'Europe/Berlin', '2026-03-30T05:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ['day', 'Europe/Berlin', '2026-10-26T06:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    ['day', 'America/Sao_Paulo', '2018-11-05T09:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    ['week', 'Europe/Berlin', '2026-03-30T05:00Z', '2026-03-22T23:00Z', '2026-03-29T22:00Z'],
    ['month', 'America/New_York', '2026-11-30T12:00Z', '2026-10-01T04:00Z', '2026-11-01T04:00Z']
  ]
  it.each(cases)('the last whole %s in %s at %s', (period, zone, now, from, to) => {
    const found = lastWhole(period, zone, at(now))
    expect([text(found.from), text(found.to)]).toEqual([from, to])
  })

  it('is what is between two dates, without a gap and nothing twice', () => {
    assert(
      property(constantFrom(...TIMINGS), RANDOM_TIME, (timing, time) => {
        const dates = datesOf(timing)
        let before = intervalOf(dates, 'interval', 'UTC', dates.next(time))
        for (let i = 0; i < 5; i++) {
          const interval = intervalOf(dates, 'interval', 'UTC', dates.next(before.to))
          expect(interval.from).toBe(before.to)
          before = interval
        }
      }),
      { seed: 3, numRuns: 200 }
    )
  })
})

describe('what is due', () => {
  const every = datesOf({ every: MINUTE_MS })
  const minute = (n: number): Millis => n * MINUTE_MS

  it('is nothing before the next date', () => {
    expect(turnOf(every, minute(5), 0, minute(6) - 1)).toEqual({ missed: [] })
  })

  it('is the newest after a time without Visor, and those before are missed', () => {
    expect(turnOf(every, minute(5), minute(60), minute(60) + 1)).toEqual({
      due: minute(60),
      missed: [{ first: minute(6), last: minute(59), count: 54, why: 'down' }]
    })
  })

  it('is in turn what came due while Visor runs, as long as it is not too much', () => {
    expect(turnOf(every, minute(5), 0, minute(8))).toEqual({ due: minute(6), missed: [] })
    expect(turnOf(every, minute(5), 0, minute(20))).toEqual({
      due: minute(18),
      missed: [{ first: minute(6), last: minute(17), count: 12, why: 'behind' }]
    })
  })

  it('distinguishes what was missed without Visor and what was because it was busy', () => {
    expect(turnOf(every, minute(5), minute(10), minute(20)).missed).toEqual([
      { first: minute(6), last: minute(10), count: 5, why: 'down' },
      { first: minute(11), last: minute(17), count: 7, why: 'behind' }
    ])
  })

  it('is each date once, done or missed, through any downtimes; never more than one at a start', () => {
    const life = array(
      record({
        down: integer({ min: 0, max: 3 * DAY_MS }),
        steps: array(integer({ min: 1, max: 12 * HOUR_MS }), { minLength: 1, maxLength: 8 })
      }),
      { minLength: 1, maxLength: 6 }
    )
    const timings: Recurrence[] = [
      { every: 17 * MINUTE_MS },
      { cron: '30 2 * * *', zone: 'Europe/Berlin' },
      { cron: '0 */2 * * *', zone: 'Australia/Lord_Howe' }
    ]
    assert(
      property(constantFrom(...timings), RANDOM_TIME, life, (timing, begin, runs) => {
        const dates = datesOf(timing)
        let [handled, now] = [begin, begin]
        const done: Millis[] = []
        let missed = 0
        for (const { down, steps } of runs) {
          const started = (now += down)
          let old = 0
          for (const step of [0, ...steps]) {
            now += step
            for (;;) {
              const turn = turnOf(dates, handled, started, now)
              missed += turn.missed.reduce((sum, { count }) => sum + count, 0)
              if (turn.due === undefined) break
              expect(turn.due).toBeGreaterThan(handled)
              expect(now - turn.due < 4 * (dates.next(turn.due) - turn.due + HOUR_MS)).toBe(true)
              if (turn.due <= started) old++
              done.push((handled = turn.due))
            }
          }
          expect(old).toBeLessThanOrEqual(1)
        }
        const all: Millis[] = []
        for (let date = dates.next(begin); date <= now; date = dates.next(date)) all.push(date)
        expect(done.length + missed).toBe(all.length)
        expect(new Set(done).size).toBe(done.length)
        for (const date of done) expect(all).toContain(date)
      }),
      { seed: 4, numRuns: 60 }
    )
  })
})
