import { describe, expect, it } from 'vitest'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { MINUTE, toMicros } from '../core/time.ts'
import { METRICS } from '../metrics/index.ts'
import { reportContents } from './analyzed.ts'
import type { ReportContents } from './contents.ts'
import { reportDocument } from './document.ts'

const START = toMicros(Date.parse('2026-11-30T13:00Z'))
const HOSTILE = '/pay<script>alert(1)</script>'

/** Two hours of 100 requests a minute to two hosts; of the minutes in `failing` half fail, of one path. */
function contents(
  { from = 0, to = 0, path = '/checkout' } = {},
  more: Partial<ReportContents> = {},
  add: (rollup: Rollup) => void = () => {}
): ReportContents {
  const rollup: Rollup = new Map()
  const count = (window: number, metric: string, key: string, times: number): void => {
    addKey(cellOf(rollup, window, '', metric), key, times, 0)
    if (window !== ALL_TIME) addKey(cellOf(rollup, ALL_TIME, '', metric), key, times, 0)
  }
  for (let minute = 0; minute < 120; minute++) {
    const failed = minute >= from && minute < to ? 50 : 0
    const window = START + minute * MINUTE
    count(window, 'requests', '', 100)
    count(window, 'status', '200', 100 - failed)
    if (failed > 0) count(window, 'status', '503', failed)
    count(ALL_TIME, 'vhost', 'shop.example', 60)
    count(ALL_TIME, 'vhost', 'blog.example', 40)
    count(ALL_TIME, 'path', path, 50)
    count(ALL_TIME, 'client', '192.0.2.1', 100)
    if (failed > 0) count(ALL_TIME, 'failed_path', path, failed)
    if (failed > 0) count(ALL_TIME, 'vhost_status', '503 shop.example', failed)
  }
  add(rollup)
  const counters = { read: 12_000, parsed: 12_000, rejected: 0, late: 0, bytes: 1 }
  const analysis = { rollup, counters, files: [], from: START, to: START + 120 * MINUTE - 1, zone: 'UTC' }
  return { ...reportContents({ ...analysis, step: 'minute' }, METRICS, 10, { name: 'shop' }), ...more }
}

describe('the verdict', () => {
  it('is all quiet where nothing is wrong', () => {
    const { verdict, subject } = reportDocument(contents({}, { alerts: [] }))
    expect(verdict).toEqual({
      tone: 'success',
      sentence: 'All quiet: 12,000 requests, 0.0 % server errors, no alerts.'
    })
    expect(subject).toBe('shop: all quiet, 12,000 requests – 2026-11-30 13:00 to 14:59 UTC')
  })

  it('names what fails and since when', () => {
    const { verdict, subject } = reportDocument(contents({ from: 62, to: 120 }))
    expect(verdict).toEqual({
      tone: 'critical',
      sentence: '5xx 24.2 %: /checkout on shop.example fails since 14:02.'
    })
    expect(subject).toContain('shop: 5xx 24.2 %, 12,000 requests')
  })

  it('names the time of what is over, though it was short, and a new message with it', () => {
    const signatures = {
      new: [{ signature: 'PDOException: <text>', count: 9, sample: "PDOException: 'gone away'" }],
      gone: []
    }
    const { verdict } = reportDocument(contents({ from: 30, to: 32 }, { signatures }))
    expect(verdict.sentence).toBe(
      "5xx 0.8 %: /checkout on shop.example failed from 13:30 to 13:32 with “PDOException: 'gone away'”."
    )
  })

  it('is held against the period before', () => {
    const before = contents({ from: 0, to: 1 })
    const compared = [
      { label: 'the day before', period: before.period!, complete: true, metrics: before.metrics }
    ]
    const { verdict, blocks } = reportDocument(contents({ from: 0, to: 120 }, { compared }))
    expect(verdict.sentence).toContain('5xx 50.0 % (+49.6 points)')
    const figures = blocks.flatMap(block =>
      block.type === 'figures' && block.name === 'overview' ? block.figures : []
    )
    expect(figures.find(({ label }) => label === 'Server errors')?.compared?.[0]?.value).toBeCloseTo(
      50 / 12_000
    )
    const part = [{ ...compared[0]!, complete: false }]
    const unknown = reportDocument(contents({ from: 0, to: 120 }, { compared: part }))
    expect(unknown.verdict.sentence).not.toContain('points')
  })

  it('says of probes that were answered, of attempts to get in, of what nobody watched', () => {
    const { verdict } = reportDocument(
      contents({}, { uncovered: [{ from: START, to: START + MINUTE, why: 'Visor was down' }] }, rollup => {
        addKey(cellOf(rollup, ALL_TIME, '', 'answered_probe'), '/.env', 1, 0)
        addKey(cellOf(rollup, ALL_TIME, '', 'refused_client'), '192.0.2.9', 40, 0)
        addKey(cellOf(rollup, ALL_TIME, '', 'login_client'), '192.0.2.9', 40, 0)
        addKey(cellOf(rollup, ALL_TIME, '', 'client'), '192.0.2.9', 60, 0)
        // Half as many attempts as other requests: a busy office.
        addKey(cellOf(rollup, ALL_TIME, '', 'login_client'), '192.0.2.1', 50, 0)
      })
    )
    expect(verdict.tone).toBe('warning')
    expect(verdict.sentence).toContain('/.env was answered')
    expect(verdict.sentence).toContain('192.0.2.9 tried to get in 40 times.')
    expect(verdict.sentence).toContain('not watched')
  })

  it('holds no word of a log without details', () => {
    const { verdict, subject } = reportDocument(
      contents({ from: 62, to: 120, path: HOSTILE }, {}, rollup =>
        addKey(cellOf(rollup, ALL_TIME, '', 'answered_probe'), '/.env', 1, 0)
      ),
      { details: false }
    )
    expect(`${subject} ${verdict.sentence}`).not.toMatch(/script|\.env|shop\.example/)
    expect(verdict.sentence).toContain('one path on one host fails since 14:02')
  })
})
