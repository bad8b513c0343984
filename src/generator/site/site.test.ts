import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SECOND } from '../../core/time.ts'
import { chiSquare } from '../testing/chi-square.ts'
import { composed, madeIn, START, type Made } from '../testing/made.ts'
import { ENTRIES, GROUPS } from './catalogue.ts'

const SECONDS = 200
const made = madeIn(composed({ rate: 200, clients: { count: 150 } }).traffic, SECONDS)
const access = made.filter(({ kind }) => kind === 'access').map(({ event }) => event)
const errors = made.filter(({ kind }) => kind === 'error').map(({ event }) => event)

const browser = (agent: unknown): boolean =>
  /Safari|Firefox/.test(String(agent)) && !/bot/i.test(String(agent))

describe('requests of the site', () => {
  it('are as many as asked for, in order of time', () => {
    expect(Math.abs(access.length - 200 * SECONDS)).toBeLessThanOrEqual(1)
    const times = made.map(({ event }) => event.time)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.every(time => time >= START && time < START + SECONDS * SECOND)).toBe(true)
  })

  it('come from the page that the same visitor saw before, or from elsewhere', () => {
    const seen = new Map<unknown, Set<string>>()
    let chained = 0
    for (const { client, vhost, path, query, referrer, agent, status } of access) {
      const before = seen.get(client) ?? new Set()
      if (typeof referrer === 'string' && referrer.includes('.example.com')) {
        expect(before).toContain(referrer)
        chained++
      }
      if (browser(agent) && status !== 404)
        before.add(`https://${vhost}${path}${query === null ? '' : `?${query}`}`)
      seen.set(client, before)
    }
    expect(chained / access.length).toBeGreaterThan(0.5)
  })

  it('begin where visits begin, as often as they should', () => {
    const groups = Object.entries(ENTRIES.person)
    const visits = access.filter(
      ({ agent, referrer }) =>
        browser(agent) && typeof referrer === 'string' && !referrer.includes('.example.com')
    )
    const counts = groups.map(([name]) => {
      const { vhost, paths } = GROUPS[name]!
      return visits.filter(
        one => one['vhost'] === vhost && paths.some(path => path.split('?')[0] === one['path'])
      ).length
    })
    expect(counts.reduce((a, b) => a + b, 0)).toBe(visits.length)
    // 18.47 is exceeded once in a thousand runs with four degrees of freedom.
    expect(
      chiSquare(
        counts,
        groups.map(([, weight]) => weight)
      )
    ).toBeLessThan(18.47)
  })

  it('have sizes and durations around the median of their page', () => {
    for (const name of ['home', 'product', 'search']) {
      const { paths, bytes, micros } = GROUPS[name]!
      const all = access.filter(
        ({ path, status }) => status === 200 && paths.some(one => one.split('?')[0] === path)
      )
      const below = (field: string, median: number): number =>
        all.filter(one => Number(one[field]) < median).length / all.length
      // Five standard errors of a share of a half.
      const error = 2.5 / Math.sqrt(all.length)
      expect(Math.abs(below('bytes', bytes) - 0.5)).toBeLessThan(error)
      expect(Math.abs(below('duration', micros) - 0.5)).toBeLessThan(error)
    }
  })

  it('are of people, apps, crawlers and those who look for a way in, on several hosts', () => {
    const some = (field: string, pattern: RegExp): boolean =>
      access.some(one => pattern.test(String(one[field])))
    for (const agent of [/Firefox/, /ShopApp/, /Googlebot|bingbot|GPTBot|AhrefsBot/, /curl|zgrab|python/])
      expect(some('agent', agent)).toBe(true)
    expect(new Set(access.map(({ vhost }) => vhost)).size).toBe(3)
    expect(some('path', /^\/\.env$/)).toBe(true)
  })

  it('leave an error line where they fail: of the same client, at the same time, with the same id', () => {
    const failed = access.filter(({ status }) => Number(status) >= 500)
    const complained = new Map(errors.map(error => [error['request_id'], error]))
    expect(failed.length).toBeGreaterThan(0)
    for (const { time, client, request_id: id } of failed)
      expect(complained.get(id ?? '')).toMatchObject({ time, client })
    for (const { request_id: id } of errors) expect(access.some(one => one['request_id'] === id)).toBe(true)
  })
})

describe('the pool', () => {
  it.each<[choose: string, more: object, shares: (i: number) => number]>([
    ['uniform', {}, () => 1],
    ['zipf', { exponent: 1 }, i => 1 / (i + 1)]
  ])('is drawn from by %s', (choose, more, share) => {
    const { traffic } = composed({ rate: 400, probes: 0, clients: { count: 40, choose, ...more } }, 3)
    const counts = new Map<unknown, number>()
    for (const { kind, event } of madeIn(traffic, 100))
      if (kind === 'access') counts.set(event['client'], (counts.get(event['client']) ?? 0) + 1)
    expect(counts.size).toBe(40)
    const wanted = Array.from({ length: 40 }, (_, i) => share(i))
    // 72.1 is exceeded once in a thousand runs with 39 degrees of freedom.
    expect(
      chiSquare(
        [...counts.values()].sort((a, b) => b - a),
        wanted
      )
    ).toBeLessThan(72.1)
  })

  it('has no more members than asked for, be it one', () => {
    for (const choose of ['uniform', 'binomial', 'zipf']) {
      const { traffic } = composed({ rate: 100, probes: 0, clients: { count: 1, choose } })
      const clients = madeIn(traffic, 5)
        .filter(({ kind }) => kind === 'access')
        .map(({ event }) => event['client'])
      expect(new Set(clients).size).toBe(1)
    }
  })
})

describe('traffic', () => {
  const scenario = {
    rate: 40,
    curve: 'spike',
    heartbeat: { interval: 2, message: 'ALIVE' },
    incidents: [
      { type: 'errors', at: '1s', for: '2s', share: 0.5 },
      { type: 'flood', at: '2s', for: '1500ms', factor: 3 },
      { type: 'restart', at: '4s', for: '1s' },
      { type: 'bruteforce', at: '4500ms', for: '1s', rate: 30 }
    ]
  }
  const lines = (seed: number, cuts: readonly number[] = []): Made[] =>
    madeIn(composed(scenario, seed).traffic, 8, cuts)

  it('is the same for the same seed however the time is cut', () =>
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.double({ min: 0, max: 8, noNaN: true })), (seed, cuts) => {
        expect(lines(seed, cuts)).toEqual(lines(seed))
      }),
      { numRuns: 20 }
    ))

  it('differs with another seed', () => expect(lines(1)).not.toEqual(lines(2)))

  it('writes a line for each request where the error log is written alone', () => {
    const { traffic } = composed({ rate: 30 }, 1, new Set(['error']))
    const made = madeIn(traffic, 10)
    expect(made.map(({ kind }) => kind)).toEqual(Array(300).fill('error'))
    expect(new Set(made.map(({ event }) => event['level'])).size).toBeGreaterThan(2)
  })

  it('has its heartbeats in both logs, but not in a silence', () => {
    const { traffic } = composed({
      rate: 1,
      heartbeat: { interval: '2', message: 'ALIVE' },
      incidents: [{ type: 'silence', at: '3s', for: '4s' }]
    })
    const beats = madeIn(traffic, 10).filter(
      ({ event, text }) => event['request'] === 'ALIVE' || text === '[-] [-] ALIVE'
    )
    expect(beats.map(({ kind, event }) => [kind, (event.time - START) / SECOND])).toEqual(
      [0, 2, 8].flatMap(second => [
        ['access', second],
        ['error', second]
      ])
    )
  })

  it('keeps to the access log where that is written alone', () => {
    const { traffic } = composed(scenario, 1, new Set(['access']))
    expect(new Set(madeIn(traffic, 8).map(({ kind }) => kind))).toEqual(new Set(['access']))
  })
})
