import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { HOUR } from '../core/time.ts'
import type { Metric } from '../core/metric.ts'
import { addKey, ALL_TIME, boundCell, cellOf, type Rollup } from '../core/rollup.ts'
import { bucketOf } from '../core/sketch.ts'
import type { Analysis } from '../core/analysis.ts'
import { METRICS as BUILT_IN } from '../metrics/index.ts'
import { reportContents } from './analyzed.ts'
import type { ReportContents } from './contents.ts'
import { widthOf } from './layout.ts'
import { reportDocument } from './document.ts'
import { jsonReport, reportSchema, SECTIONS } from './report.ts'
import type { Section } from './section.ts'
import { reportText } from './text/text.ts'

const METRICS: readonly Metric[] = ['requests', 'status', 'path', 'duration', 'level'].flatMap(wanted =>
  BUILT_IN.filter(({ name }) => name === wanted)
)

const START = Date.UTC(2026, 0, 31, 22) * 1000

/** 60 requests to 12 paths by two sources over three hours, each path asked for 5 times with 100 bytes an answer. */
function analysis(): Analysis {
  const rollup: Rollup = new Map()
  for (let i = 0; i < 60; i++) {
    const source = i % 2 === 0 ? 'a.log' : 'b.log'
    const status = i % 10 === 9 ? '404' : i === 0 ? '-5' : '200'
    addKey(cellOf(rollup, ALL_TIME, source, 'requests'), '', 1, 100)
    addKey(cellOf(rollup, ALL_TIME, source, 'status'), status, 1, 100)
    addKey(cellOf(rollup, START + Math.floor(i / 20) * HOUR, source, 'status'), status, 1, 100)
    addKey(cellOf(rollup, ALL_TIME, source, 'path'), `/${i % 12}`, 1, 100)
    if (i < 3) addKey(cellOf(rollup, START, 'e.log', 'level'), 'error', 1, 0)
    addKey(cellOf(rollup, ALL_TIME, source, 'duration'), String(bucketOf(1000 * (i + 1))), 1, 1000 * (i + 1))
  }
  const counters = { read: 62, parsed: 60, rejected: 2, late: 0, bytes: 6200 }
  const rejected = {
    line: 7,
    column: 9,
    reason: 'column 9: status is no number',
    text: 'evil \u001b[31m\u202etxt\u0000'
  }
  const format = { name: 'combined', text: '%h' }
  const file = { kinds: ['access'], format, why: 'combined: all of the first 31 lines follow it' } as const
  const files = ['a.log', 'b\u001b.log'].map(path => ({
    ...file,
    path,
    counters: { ...counters, read: 31, parsed: 30, rejected: 1 },
    firstRejected: [rejected]
  }))
  return { counters, rollup, files, from: START, to: START + 2.5 * HOUR + 1 }
}

const textOf = (of: ReportContents, width?: number): string => reportText(reportDocument(of), width)

const contents = (top = 10, of = analysis()): ReportContents => reportContents(of, METRICS, top)

describe('jsonReport', () => {
  const report = jsonReport(contents())

  it('follows its schema', () => {
    expect(reportSchema(z).parse(report)).toEqual(report)
  })

  it('adds sources together, and what is not in the top is in other', () => {
    const path = report.metrics['path']
    expect(path).toMatchObject({
      count: 60,
      sum: 6000,
      distinct: 12,
      other: { count: 10, sum: 1000, distinct: 2 }
    })
    expect(path?.top).toHaveLength(10)
    expect(path?.top[0]).toEqual({ key: '/0', count: 5, sum: 500 })
  })

  it('lists the hours, with what has no class of status in other', () => {
    expect(
      report.timeline.map(({ time, metrics }) => [
        time,
        metrics['status']?.count,
        metrics['level']?.count ?? 0
      ])
    ).toEqual([
      ['2026-01-31T22:00:00Z', 20, 3],
      ['2026-01-31T23:00:00Z', 20, 0],
      ['2026-02-01T00:00:00Z', 20, 0]
    ])
    expect(report.timeline[0]?.metrics['status']?.classes).toEqual({
      '1xx': 0,
      '2xx': 17,
      '3xx': 0,
      '4xx': 2,
      '5xx': 0,
      other: 1
    })
  })

  it('gives percentiles in seconds, at most 1 % off', () => {
    const { count, mean, p50, p99 } = report.percentiles['duration']!
    expect(count).toBe(60)
    expect(mean).toBeCloseTo(0.0305, 6)
    expect(Math.abs(p50 / 0.03 - 1)).toBeLessThanOrEqual(0.0101)
    expect(Math.abs(p99 / 0.06 - 1)).toBeLessThanOrEqual(0.0101)
  })

  it('leaves out metrics that counted nothing', () => {
    expect(Object.keys(report.metrics)).toEqual(['requests', 'status', 'path'])
  })

  it('keeps totals when keys were aggregated', () => {
    const { rollup, ...rest } = analysis()
    for (const cell of rollup.values()) boundCell(cell, 3)
    const { path } = jsonReport(contents(2, { ...rest, rollup })).metrics
    expect(path).toMatchObject({ count: 60, sum: 6000 })
    expect((path?.top[0]?.count ?? 0) + (path?.top[1]?.count ?? 0) + (path?.other.count ?? 0)).toBe(60)
  })

  it('of nothing is empty', () => {
    const counters = { read: 0, parsed: 0, rejected: 0, late: 0, bytes: 0 }
    const empty = contents(10, { counters, rollup: new Map(), files: [] })
    expect(reportSchema(z).parse(jsonReport(empty))).toMatchObject({
      metrics: {},
      timeline: [],
      period: { from: null, to: null }
    })
    expect(textOf(empty)).toContain('0 read = 0 parsed + 0 rejected + 0 late')
  })
})

it('shows when keys were first and last seen, where that is known', () => {
  const spans = new Map([['path', new Map([['/0', { first: START, last: START + HOUR + 5 }]])]])
  const seen = contents(10, { ...analysis(), spans })
  const report = jsonReport(seen)
  expect(reportSchema(z).parse(report)).toEqual(report)
  expect(report.metrics['path']?.top.find(({ key }) => key === '/0')).toMatchObject({
    first: '2026-01-31T22:00:00Z',
    last: '2026-01-31T23:00:00.000005Z'
  })
  expect(textOf(seen)).toContain('first 2026-01-31 22:00:00, last 2026-01-31 23:00:00')
})

describe('reportText', () => {
  const text = textOf(contents())

  it('shows the counters, every panel and the rejected lines with their reason', () => {
    for (const part of [
      '62 read = 60 parsed + 2 rejected + 0 late',
      '2026-01-31 22:00:00 to 2026-02-01 00:30:00 UTC (2 h 30 min)',
      'Requests by status',
      '… 2 others',
      'p50     30 ms',
      'Rejected in a.log',
      'line 7, column 9: status is no number'
    ])
      expect(text).toContain(part)
    for (const [label, value] of [
      ['Requests', '60'],
      ['Sent', '6.0 kB'],
      ['Client errors', '10.0 %'],
      ['Server errors', '0.0 %']
    ])
      expect(text).toMatch(new RegExp(`^ {2}${label} +${value}$`, 'm'))
  })

  it('keeps to its width', () => {
    for (const width of [72, 80, 132])
      for (const line of textOf(contents(), width).split('\n'))
        expect(widthOf(line)).toBeLessThanOrEqual(width)
  })

  it('makes log text harmless', () => {
    expect(text).toContain('evil \\x1b[31m\\u202etxt\\x00')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })
})

describe('a new metric', () => {
  const planets: Metric = {
    name: 'planet',
    label: 'Planets',
    group: 'Space',
    unit: 'requests',
    summary: 'requests by planet',
    kinds: ['access'],
    key: 'header.planet',
    measure: ['bytes'],
    shareOf: 'requests',
    classes: {
      all: [
        { name: 'inner', tone: 'warning', label: 'Inner planets' },
        { name: 'outer', tone: 'other' }
      ],
      classOf: key => (key === 'Venus' ? 'inner' : 'outer')
    }
  }
  const of = analysis()
  for (const window of [ALL_TIME, START])
    for (const key of ['Venus', 'Mars', 'Mars'])
      addKey(cellOf(of.rollup, window, 'a.log', 'planet'), key, 1, 10)
  const seen = reportContents(of, [...METRICS, planets], 10)

  it('is in the report as text: its table, its shares of the whole, its classes over time', () => {
    const text = textOf(seen, 100)
    expect(text).toMatch(/^Planets ─+ 2 distinct\n +Requests +Share +Bytes\n {2}Mars +2 +3.3 % /m)
    expect(text).toMatch(/Server errors +0.0 %\n {2}Inner planets +1.7 %/)
    expect(text).toMatch(
      /^Planets ─+ UTC\n +requests +inner +bytes\n {2}2026-01-31 22:00 +█+ +3 +33.3 % +30 B/m
    )
  })

  it('is in the report in JSON', () => {
    const report = jsonReport(seen)
    expect(reportSchema(z).parse(report)).toEqual(report)
    // What is not among its keys of the whole that it is part of is of the last class.
    expect(report.metrics['planet']).toMatchObject({ count: 3, classes: { inner: 1, outer: 59 } })
    expect(report.timeline[0]?.metrics['planet']).toEqual({
      count: 3,
      sum: 30,
      classes: { inner: 1, outer: 2 }
    })
  })
})

it('shows a new section', () => {
  const haste: Section = {
    name: 'haste',
    members: z => ({ haste: z.int() }),
    json: ({ counters }) => ({ haste: (counters?.read ?? 0) * 2 }),
    blocks: ({ counters }) => [
      {
        type: 'paragraph',
        name: 'haste',
        title: 'Haste',
        note: 'twice',
        sentences: [`${(counters?.read ?? 0) * 2} lines`]
      }
    ]
  }
  const sections = [...SECTIONS, haste]
  expect(reportSchema(z, sections).parse(jsonReport(contents(), sections))).toMatchObject({ haste: 124 })
  expect(reportText(reportDocument(contents(), { sections }))).toMatch(/\n\nHaste ─+ twice\n {2}124 lines\n$/)
})
