import { describe, expect, it } from 'vitest'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { bucketOf } from '../core/sketch.ts'
import { MINUTE, SECOND } from '../core/time.ts'
import { reportDocument } from './document.ts'
import { SHOP_START, shopContents } from './testing/shop.ts'

describe('a verdict', () => {
  it('says of a time that was only read in later that alerts were not evaluated', () => {
    const later = shopContents({}, { origin: { kind: 'store', sources: ['shop'] } })
    const { verdict, facts } = reportDocument(later)
    expect(verdict.sentence).toBe('All quiet: 12,000 requests, 0.0 % server errors, alerts not evaluated.')
    expect(facts.find(({ name }) => name === 'Alerts')?.text).toMatch(/^not evaluated: Visor did not watch/)
    const watched = reportDocument({ ...later, alerts: [] })
    expect([watched.verdict.sentence, watched.facts.map(({ name }) => name)]).toEqual([
      'All quiet: 12,000 requests, 0.0 % server errors, no alerts.',
      expect.not.arrayContaining(['Alerts'])
    ])
    const none = { ...later, metrics: [], counted: 0, alerts: [] }
    expect(reportDocument(none).verdict.sentence).toBe('Nothing was logged, and there were no alerts.')
  })

  it('names no host where all fail alike, however many of the requests it has', () => {
    const alike = (rollup: Rollup): void => {
      addKey(cellOf(rollup, ALL_TIME, '', 'vhost_status'), '503 blog.example', 900, 0)
      addKey(cellOf(rollup, ALL_TIME, '', 'status'), '503', 900, 0)
    }
    const { verdict } = reportDocument(shopContents({ from: 30, to: 60 }, {}, alike))
    expect(verdict.sentence).toBe(
      '5xx 18.6 %: 2,400 of 12,900 requests failed, of no path or host alone, most of them from 13:30 to 14:00.'
    )
  })

  it.each([
    ['slow from the beginning to the end', 0, 120, 2, 'most of all /search: p95 2 s, 99.7 ms the day before'],
    [
      'slow for a while',
      30,
      32,
      1,
      'from 13:30 to 13:32, most of all /search: p95 up to 995 ms, usually 99.7 ms'
    ],
    ['as quick as ever', 30, 32, 0.3, undefined]
  ] as const)('tells of answers that were %s', (_, from, to, seconds, expected) => {
    const timed = (rollup: Rollup, slow: boolean): void => {
      for (let minute = 0; minute < 120; minute++) {
        const isSlow = slow && minute >= from && minute < to
        for (const window of [SHOP_START + minute * MINUTE, ALL_TIME])
          addKey(
            cellOf(rollup, window, '', 'duration'),
            String(bucketOf((isSlow ? seconds : 0.1) * SECOND)),
            100,
            0
          )
        addKey(cellOf(rollup, ALL_TIME, '', 'path_duration'), '/', 50, 50 * 0.1 * SECOND)
        addKey(
          cellOf(rollup, ALL_TIME, '', 'path_duration'),
          '/search',
          50,
          50 * (isSlow ? seconds : 0.1) * SECOND
        )
      }
    }
    const before = shopContents({}, {}, rollup => timed(rollup, false))
    const compared = [{ ...before, label: 'the day before', complete: true, period: before.period! }]
    const { verdict } = reportDocument(shopContents({}, { compared }, rollup => timed(rollup, true)))
    if (expected === undefined) expect(verdict.tone).toBe('success')
    else expect(verdict.sentence).toContain(expected)
  })
})
