import { describe, expect, it } from 'vitest'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { MINUTE } from '../core/time.ts'
import { reportDocument } from './document.ts'
import { SHOP_START, shopContents } from './testing/shop.ts'

const HOSTILE = '/pay<script>alert(1)</script>'

describe('the verdict', () => {
  it('is all quiet where nothing is wrong', () => {
    const { verdict, subject } = reportDocument(shopContents({}, { alerts: [] }))
    expect(verdict).toEqual({
      tone: 'success',
      sentence: 'All quiet: 12,000 requests, 0.0 % server errors, no alerts.'
    })
    expect(subject).toBe('shop: all quiet, 12,000 requests – 2026-11-30 13:00 to 14:59 UTC')
  })

  it('leaves heartbeats out, which have no status, and says that nobody asked where there is nothing else', () => {
    const beats = (rollup: Rollup): void => addKey(cellOf(rollup, ALL_TIME, '', 'requests'), '', 600, 0)
    const { verdict } = reportDocument(shopContents({ from: 0, to: 24 }, {}, beats))
    expect(verdict.sentence).toContain('5xx 10.0 %')
    expect(reportDocument(shopContents({}, {}, beats)).subject).toContain('all quiet, 12,000 requests')
    const silent = shopContents(
      {},
      {
        compared: [
          { ...shopContents(), label: 'the hour before', complete: true, period: shopContents().period! }
        ]
      }
    )
    const alone = silent.metrics.flatMap(one =>
      one.metric.name === 'requests' ? [{ ...one, count: 0, lines: 600 }] : []
    )
    const { verdict: nobody, subject } = reportDocument({ ...silent, metrics: alone })
    expect(nobody).toEqual({
      tone: 'warning',
      sentence: 'No request came: there were 12,000 the hour before.'
    })
    expect(subject).toContain('shop: no requests, 0 requests')
  })

  it.each([
    [0, 10_000_000, '13:00:00 to 13:00:10 UTC'],
    [0, 90_000_000, '13:00:00 to 13:01:30 UTC'],
    [0, MINUTE, '13:00 to 13:01 UTC'],
    [0, 119 * MINUTE + 1, '13:00 to 14:59 UTC']
  ])('has seconds in the subject only where minutes would not do: %d to %d', (from, to, expected) => {
    const period = { from: SHOP_START + from, to: SHOP_START + to, zone: 'UTC' }
    const { subject } = reportDocument(shopContents({}, { period }))
    expect(subject.split(' – ')[1]).toBe(`2026-11-30 ${expected}`)
  })

  it('names what fails and since when', () => {
    const { verdict, subject } = reportDocument(shopContents({ from: 62, to: 120 }))
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
    const beat = { signature: '[-] [-] HEARTBEAT', count: 120 }
    const failures = [{ key: 'PDOException: <text>', count: 9, bytes: 0 }]
    const more = { signatures: { ...signatures, new: [beat, ...signatures.new] }, failures }
    const { verdict } = reportDocument(shopContents({ from: 30, to: 32 }, more))
    expect(verdict.sentence).toBe(
      "5xx 0.8 %: /checkout on shop.example failed from 13:30 to 13:32 with “PDOException: 'gone away'”."
    )
  })

  it('ends what failed where it was over, in a log with pauses too', () => {
    // The store has a row for each bucket, a report of files only for those with lines.
    const paused = shopContents({ from: 0, to: 3 })
    const { time, metrics } = paused.timeline
    const kept = time.flatMap((_, i) => (i < 3 || i > 80 ? [i] : []))
    const values = (counts: readonly number[] = []) => kept.map(i => counts[i]!)
    const timeline = {
      ...paused.timeline,
      time: values(time),
      metrics: metrics.map(one => ({
        ...one,
        count: values(one.count),
        classes: { '5xx': values(one.classes?.['5xx']) }
      }))
    }
    const sentence =
      '5xx 1.3 %: /checkout on shop.example failed from 13:00 to 13:03. No request came from 13:03 to 14:21.'
    expect(reportDocument({ ...paused, timeline }).verdict.sentence).toBe(sentence)
    const empty = (counts: readonly number[] = []) => counts.map((count, i) => (i > 2 && i < 81 ? 0 : count))
    const dense = {
      ...paused.timeline,
      metrics: metrics.map(one => ({
        ...one,
        count: empty(one.count),
        classes: { '5xx': empty(one.classes?.['5xx']) }
      }))
    }
    expect(reportDocument({ ...paused, timeline: dense }).verdict.sentence).toBe(sentence)
  })

  it.each([
    ['error', 595, undefined, 'warning', '595 errors in the error log, most: “child in error state” (595).'],
    [
      'error',
      595,
      100,
      'warning',
      '595 errors in the error log, 100 the day before, most: “child in error state” (595).'
    ],
    [
      'error',
      595,
      590,
      'success',
      'All quiet: 12,000 requests, 0.0 % server errors, 605 lines in the error log, 595 of severity error.'
    ],
    [
      'error',
      3,
      undefined,
      'success',
      'All quiet: 12,000 requests, 0.0 % server errors, 13 lines in the error log, 3 of severity error.'
    ],
    [
      'emerg',
      1,
      1,
      'critical',
      '1 error (1 emerg) in the error log, 1 the day before, most: “child in error state” (1).'
    ]
  ])('tells of errors in the error log: %s %d (%s before)', (level, errors, before, tone, sentence) => {
    const withErrors = (count: number) =>
      shopContents({}, {}, rollup => {
        addKey(cellOf(rollup, ALL_TIME, '', 'level'), level, count, 0)
        addKey(cellOf(rollup, ALL_TIME, '', 'level'), 'notice', 10, 0)
        addKey(cellOf(rollup, ALL_TIME, '', 'level_message'), `${level} child in error state`, count, 0)
        addKey(cellOf(rollup, ALL_TIME, '', 'level_message'), 'notice server started', 10, 0)
      })
    const { period, metrics } = withErrors(before ?? 0)
    const compared =
      before === undefined ? [] : [{ label: 'the day before', period: period!, complete: true, metrics }]
    const all = { ...withErrors(errors), compared }
    expect(reportDocument(all).verdict).toEqual({ tone, sentence })
    expect(reportDocument(all, { details: false }).verdict.sentence).not.toContain('child')
  })

  it('is held against the period before', () => {
    const before = shopContents({ from: 0, to: 1 })
    const compared = [
      { label: 'the day before', period: before.period!, complete: true, metrics: before.metrics }
    ]
    const { verdict, blocks } = reportDocument(shopContents({ from: 0, to: 120 }, { compared }))
    expect(verdict.sentence).toContain('5xx 50.0 % (+49.6 points)')
    const figures = blocks.flatMap(block =>
      block.type === 'figures' && block.name === 'overview' ? block.figures : []
    )
    expect(figures.find(({ label }) => label === 'Server errors')?.compared?.[0]?.value).toBeCloseTo(
      50 / 12_000
    )
    const part = [{ ...compared[0]!, complete: false }]
    const unknown = reportDocument(shopContents({ from: 0, to: 120 }, { compared: part }))
    expect(unknown.verdict.sentence).not.toContain('points')
  })

  it('says of probes that were answered, of attempts to get in, of what nobody watched', () => {
    const { verdict, blocks } = reportDocument(
      shopContents(
        {},
        { uncovered: [{ from: SHOP_START, to: SHOP_START + MINUTE, why: 'Visor was down' }] },
        rollup => {
          addKey(cellOf(rollup, ALL_TIME, '', 'answered_probe'), '/.env', 1, 0)
          addKey(cellOf(rollup, ALL_TIME, '', 'refused_client'), '192.0.2.9', 40, 0)
          addKey(cellOf(rollup, ALL_TIME, '', 'login_client'), '192.0.2.9', 40, 0)
          // Each of its attempts is a line of the error log too.
          addKey(cellOf(rollup, ALL_TIME, '', 'client'), '192.0.2.9', 100, 0)
          addKey(cellOf(rollup, ALL_TIME, '', 'level_client'), 'error 192.0.2.9', 40, 0)
          // Half as many attempts as other requests: a busy office.
          addKey(cellOf(rollup, ALL_TIME, '', 'login_client'), '192.0.2.1', 50, 0)
        }
      )
    )
    expect(verdict.tone).toBe('warning')
    expect(verdict.sentence).toContain('/.env was answered to those who probe: look whether it is meant')
    expect(verdict.sentence).toContain('192.0.2.9 tried to get in 40 times.')
    const forced = blocks.find(({ name }) => name === 'brute-force')
    expect(forced).toMatchObject({ rows: [{ cells: ['192.0.2.9', 40, 60] }] })
    expect(verdict.sentence).toContain('Not watched: 13:00 to 13:01 (Visor was down).')
  })

  it('counts all probed paths that were answered, however many are listed', () => {
    const { verdict, subject } = reportDocument(
      shopContents({}, {}, rollup => {
        for (let i = 0; i < 20; i++)
          addKey(cellOf(rollup, ALL_TIME, '', 'answered_probe'), `/server-status?${i}`, 9, 0)
        for (let i = 0; i < 12; i++)
          addKey(cellOf(rollup, ALL_TIME, '', 'answered_probe'), `/.env.${i}0`, 1, 0)
      })
    )
    expect(verdict.sentence).toBe(
      '/.env.00 and 11 others were answered to those who probe (as 32 paths in all were): look whether they are meant to be public.'
    )
    expect(subject).toContain('probes were answered')
  })

  it('has its figures where a part was not watched, and says so where nothing was', () => {
    const why = 'Visor was down'
    const part = shopContents({}, { uncovered: [{ from: SHOP_START, to: SHOP_START + 28 * MINUTE, why }] })
    expect(reportDocument(part).verdict.sentence).toBe(
      'Not watched: 13:00 to 13:28 (Visor was down). Else 12,000 requests, 0.0 % server errors.'
    )
    const { period } = part
    const all = { ...part, metrics: [], uncovered: [{ ...period!, why }] }
    const { verdict, subject } = reportDocument(all)
    expect(verdict.sentence).toBe('Not watched at all: Visor was down.')
    expect(subject).toContain('not watched')
  })

  it('says that there was nothing, and that this is odd where there was much before', () => {
    const some = shopContents()
    const none = { ...some, metrics: [], timeline: { ...some.timeline, metrics: [] }, counted: 0 }
    const quiet = reportDocument(none)
    expect([quiet.subject.split(' –')[0], quiet.verdict]).toEqual([
      'shop: no lines',
      { tone: 'success', sentence: 'Nothing was logged.' }
    ])
    expect(quiet.blocks[0]).toMatchObject({ figures: [{ label: 'Lines', value: 0 }] })
    const compared = [
      { label: 'the day before', period: some.period!, complete: true, metrics: some.metrics }
    ]
    const odd = reportDocument({ ...none, compared })
    expect(odd.verdict).toEqual({
      tone: 'warning',
      sentence: 'Nothing was logged: there were 12,000 lines the day before.'
    })
    expect(odd.blocks[0]).toMatchObject({ figures: [{ compared: [{ value: 12_000 }] }] })
    const filtered = reportDocument({ ...none, where: 'status:5xx' })
    expect(filtered.verdict.sentence).toBe('No line passes the filter.')
  })

  it.each([
    [
      0.18,
      0.23,
      'warning',
      '12,000 requests: −82.0 % to the day before (66,667), −77.0 % to a week before (52,174).'
    ],
    // A quiet day after a busy one, as a week ago: Sunday.
    [0.3, 0.9, 'success', undefined],
    [5, 4, 'info', '12,000 requests: +400 % to the day before (2,400), +300 % to a week before (3,000).'],
    [5, 1.2, 'success', undefined],
    [0.25, undefined, 'warning', '12,000 requests: −75.0 % to the day before (48,000).'],
    [0.4, undefined, 'success', undefined]
  ])(
    'tells of many fewer or more requests than at all times compared: %d, %d',
    (ofBefore, ofWeek, tone, told) => {
      const some = shopContents()
      const other = (label: string, share: number) => ({
        label,
        period: some.period!,
        complete: true,
        metrics: some.metrics.map(one => ({ ...one, count: Math.round(12_000 / share), classes: {} }))
      })
      const week = ofWeek === undefined ? [] : [other('a week before', ofWeek)]
      const compared = [other('the day before', ofBefore), ...week]
      const { verdict } = reportDocument({ ...some, compared })
      expect(verdict.tone).toBe(tone)
      if (told !== undefined) expect(verdict.sentence).toContain(told)
      // What was not wholly watched is not held against it.
      const part = compared.map(one => ({ ...one, complete: false }))
      expect(reportDocument({ ...some, compared: part }).verdict.tone).toBe('success')
    }
  )

  it.each([
    [(i: number) => (i >= 40 && i < 70 ? 0 : 100), 'No request came from 13:40 to 14:10.'],
    [
      (i: number) => (i >= 40 && i < 43 ? 2000 : 100),
      'Up to 20 times as many requests as usual came from 13:40 to 13:43.'
    ],
    // A night: it becomes quiet, and busy again.
    [(i: number) => (i >= 40 && i < 70 ? 0 : Math.min(100, 3 * Math.abs(i - 55) - 40)), undefined],
    [(i: number) => (i % 3 === 0 ? 0 : 100), undefined],
    [(i: number) => (i >= 40 && i < 70 ? 0 : 2), undefined],
    [(i: number) => (i === 7 ? 20 : 2), undefined],
    [(i: number) => 100 + 90 * Math.sin(i / 9), undefined]
  ])('tells when a steady log was silent or many times as busy as usual: %s', (countAt, told) => {
    const some = shopContents()
    const timeline = {
      ...some.timeline,
      metrics: some.timeline.metrics.map(one => ({
        ...one,
        count: one.count.map((_, i) => Math.max(0, Math.round(countAt(i))))
      }))
    }
    const { verdict } = reportDocument({ ...some, timeline })
    expect(verdict.tone).toBe(told === undefined ? 'success' : 'info')
    if (told !== undefined)
      expect(verdict.sentence).toBe(`${told} Else 12,000 requests, 0.0 % server errors.`)
  })

  it('holds no word of a log without details', () => {
    const { verdict, subject } = reportDocument(
      shopContents({ from: 62, to: 120, path: HOSTILE }, {}, rollup =>
        addKey(cellOf(rollup, ALL_TIME, '', 'answered_probe'), '/.env', 1, 0)
      ),
      { details: false }
    )
    expect(`${subject} ${verdict.sentence}`).not.toMatch(/script|\.env|shop\.example/)
    expect(verdict.sentence).toContain('one path on one host fails since 14:02')
  })
})
