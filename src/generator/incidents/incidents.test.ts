import { describe, expect, it } from 'vitest'
import { SECOND } from '../../core/time.ts'
import { composed, madeIn, START, type Made } from '../testing/made.ts'
import { conformsToIncident } from './contract.ts'
import { INCIDENTS } from './index.ts'

describe.each(INCIDENTS)('$name', kind => conformsToIncident(kind))

/** What a scenario's second 10 to 30 brings; 100 requests a second. */
function during(incident: object): Made[] {
  const incidents = [{ at: '10s', for: '20s', ...incident }]
  return madeIn(composed({ rate: 100, incidents }, 9).traffic, 40).filter(
    ({ event }) => event.time >= START + 10e6 && event.time < START + 30e6
  )
}

const access = (made: readonly Made[]): Made[] => made.filter(({ kind }) => kind === 'access')
const errors = (made: readonly Made[]): Made[] => made.filter(({ kind }) => kind === 'error')
const bad = (made: readonly Made[]): Made[] => made.filter(({ incident }) => incident === 0)

describe('errors', () => {
  it('make the share of all requests fail, each with its error line', () => {
    const made = during({ type: 'errors', share: 0.4, status: [503] })
    const share = access(bad(made)).length / access(made).length
    // Five standard errors.
    expect(Math.abs(share - 0.4)).toBeLessThan(5 * Math.sqrt((0.4 * 0.6) / 2000))
    expect(access(bad(made)).every(({ event }) => event['status'] === 503)).toBe(true)
    expect(errors(bad(made)).length).toBe(access(bad(made)).length)
  })

  it('keep to paths, or to clients of their own at a rate', () => {
    const some = bad(during({ type: 'errors', share: 1, paths: ['/cart'] }))
    expect(new Set(some.map(({ event }) => event['path']).filter(path => path !== undefined))).toEqual(
      new Set(['/cart'])
    )
    const from = access(bad(during({ type: 'errors', clients: ['192.0.2.1', '2001:db8::1'], rate: 12.5 })))
    expect(Math.abs(from.length - 250)).toBeLessThanOrEqual(1)
    expect(new Set(from.map(({ event }) => event['client']))).toEqual(new Set(['192.0.2.1', '2001:db8::1']))
  })
})

describe('others', () => {
  it('a flood is so many times the rate', () =>
    expect(Math.abs(access(during({ type: 'flood', factor: 10 })).length - 20_000)).toBeLessThanOrEqual(2))

  it('a silence is silent', () => expect(during({ type: 'silence' })).toEqual([]))

  it('a slow page takes so many times as long, and nothing fails', () => {
    const durations = access(bad(during({ type: 'slow', path: '/search', factor: 50 }))).map(({ event }) =>
      Number(event['duration'])
    )
    // The median of the page is 88 ms.
    expect(durations.filter(micros => micros > 50 * 88_000).length / durations.length).toBeGreaterThan(0.2)
  })

  it('a scanner asks for one path after another', () => {
    const paths = access(bad(during({ type: 'scanner', rate: 5 }))).map(
      ({ event }) => `${event['path']}?${event['query']}`
    )
    expect(new Set(paths).size).toBe(100)
  })

  it('a restart says so, is quiet, and says that it is back', () => {
    const made = madeIn(
      composed({ rate: 100, incidents: [{ type: 'restart', at: '10s', for: '3s' }] }).traffic,
      20
    )
    expect(
      bad(made).map(({ event }) => [(event.time - START) / SECOND, String(event['message']).slice(0, 7)])
    ).toEqual([
      [10, 'AH00492'],
      [13, 'AH00489'],
      [13.000001, 'AH00094']
    ])
    const quiet = access(made).filter(({ event }) => event.time >= START + 10e6 && event.time < START + 13e6)
    expect(quiet).toEqual([])
  })

  it('two at once: a silence also quiets a flood', () => {
    const incidents = [
      { type: 'flood', at: '10s', for: '20s' },
      { type: 'silence', at: '15s', for: '5s' }
    ]
    const made = madeIn(composed({ rate: 100, incidents }).traffic, 40)
    const seconds = new Set(made.map(({ event }) => Math.floor((event.time - START) / SECOND)))
    expect([14, 15, 19, 20].map(second => seconds.has(second))).toEqual([true, false, false, true])
  })
})
