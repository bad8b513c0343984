import { describe, expect, it } from 'vitest'
import { addKey, boundCell, cellOf, type Rollup } from '../core/rollup.ts'
import { toRows } from '../core/rows.ts'
import { bucketOf } from '../core/sketch.ts'
import { readAs, type Metric } from '../core/metric.ts'
import { METRICS } from '../metrics/index.ts'
import type { Frame, MetricSummary, Summary } from './api-types.ts'
import { summarize } from './summary.ts'

const FRAME: Frame = { period: '15m', from: 1_000_000, to: 1_030_000, bucket: 10_000 }
const at = (ms: number): number => ms * 1000

function rollupOf(
  ...counts: (readonly [
    window: number,
    source: string,
    metric: string,
    key: string,
    count: number,
    sum: number
  ])[]
): Rollup {
  const rollup: Rollup = new Map()
  for (const [window, source, metric, key, count, sum] of counts)
    addKey(cellOf(rollup, at(window), source, metric), key, count, sum)
  return rollup
}

const summaryOf = (rollup: Rollup, frame = FRAME): ReturnType<typeof summarize> => {
  const rows = toRows(rollup)
  return summarize(frame, { period: rows, timeline: rows })
}

const readingOf = ({ metrics }: Summary, wanted: string): MetricSummary | undefined =>
  metrics.find(({ name }) => name === wanted)

describe('summary', () => {
  const summary = summaryOf(
    rollupOf(
      [1_000_000, 'a', 'requests', '', 9, 900],
      [1_010_000, 'b', 'requests', '', 3, 30],
      [1_000_000, 'a', 'status', '200', 5, 0],
      [1_000_000, 'a', 'status', '404', 2, 0],
      [1_000_000, 'a', 'status', '503', 1, 0],
      [1_010_000, 'b', 'status', '500', 3, 0],
      [1_000_000, 'a', 'method', 'GET', 9, 0],
      [1_010_000, 'b', 'method', 'GET', 3, 0],
      [1_000_000, 'a', 'client', 'x', 6, 0],
      [1_010_000, 'b', 'client', 'x', 1, 0],
      [1_010_000, 'b', 'client', 'y', 2, 0],
      [1_020_000, 'e', 'level', 'crit', 1, 0],
      [1_020_000, 'e', 'level', 'error', 2, 0],
      [1_020_000, 'e', 'level', 'warn', 4, 0],
      [1_020_000, 'e', 'level', 'trace3', 8, 0]
    )
  )

  it('adds sources and windows up', () => {
    const status = readingOf(summary, 'status')?.classes
    expect({
      requests: readingOf(summary, 'requests')?.count,
      bytes: readingOf(summary, 'requests')?.sum,
      serverErrors: status?.find(({ name }) => name === '5xx')?.count,
      clientErrors: status?.find(({ name }) => name === '4xx')?.count,
      errorLines: readingOf(summary, 'level')?.count,
      clients: readingOf(summary, 'client')?.distinct,
      latency: readingOf(summary, 'duration')?.percentiles ?? null
    }).toEqual({
      requests: 12,
      bytes: 930,
      serverErrors: 4,
      clientErrors: 2,
      errorLines: 15,
      clients: 2,
      latency: null
    })
  })

  it('lays requests out by status, so that the classes add up to all requests', () => {
    expect(summary.timeline.time).toEqual([1_000_000, 1_010_000, 1_020_000])
    expect(summary.timeline.metrics['status']?.classes).toEqual({
      '1xx': [0, 0, 0],
      '2xx': [5, 0, 0],
      '3xx': [0, 0, 0],
      '4xx': [2, 0, 0],
      '5xx': [1, 3, 0],
      other: [1, 0, 0]
    })
    expect(summary.timeline.metrics['requests']?.sum).toEqual([900, 30, 0])
  })

  it('counts no heartbeats as requests, over time neither', () => {
    const summary = summaryOf(
      rollupOf(
        [1_000_000, 'a', 'requests', '', 9, 900],
        [1_010_000, 'a', 'requests', '', 2, 0],
        [1_000_000, 'a', 'status', '200', 6, 900],
        [1_000_000, 'a', 'status', '404', 2, 0],
        [1_000_000, 'a', 'method', 'GET', 7, 900]
      )
    )
    const { requests, status } = summary.timeline.metrics
    expect(readingOf(summary, 'requests')).toMatchObject({ count: 8, lines: 11, sum: 900 })
    expect(readingOf(summary, 'status')?.whole).toBe(8)
    expect(requests).toMatchObject({ count: [8, 0, 0], lines: [9, 2, 0], sum: [900, 0, 0] })
    expect(status?.classes).toMatchObject({ '2xx': [6, 0, 0], other: [0, 0, 0] })
  })

  it.each([
    ['heartbeats alone', [], { count: 0, lines: 5 }],
    ['a format without status', [['method', 4]], { count: 4, lines: 5 }],
    ['a format that tells bytes alone', [['bytes', 3]], { count: 5, whole: 5 }],
    [
      'sources with a status and without',
      [
        ['status', 3],
        ['method', 5]
      ],
      { count: 5, whole: 5 }
    ]
  ] as const)('knows what is a request of %s', (_, more, expected) => {
    const rest = more.map(([metric, count]) => [1_000_000, 'a', metric, 'x', count, 0] as const)
    const summary = summaryOf(rollupOf([1_000_000, 'a', 'requests', '', 5, 0], ...rest))
    expect(readingOf(summary, 'requests')).toMatchObject(expected)
  })

  it('distinguishes severities', () => {
    expect(summary.timeline.metrics['level']?.classes).toEqual({
      error: [0, 0, 3],
      warn: [0, 0, 4],
      other: [0, 0, 8]
    })
  })

  it('shows the largest keys of metrics that counted something, and only those', () => {
    const tables = summary.metrics.filter(metric => readAs(metric) === 'top').map(({ name }) => name)
    expect(tables.sort()).toEqual(['client', 'level', 'method', 'status'])
    expect(readingOf(summary, 'client')?.top).toEqual([
      { key: 'x', count: 7, sum: 0 },
      { key: 'y', count: 2, sum: 0 }
    ])
  })

  it('keeps totals exact where keys were aggregated', () => {
    const rollup = rollupOf([1_000_000, 'a', 'path', '/', 5, 50], [1_000_000, 'a', 'path', '/x', 1, 7])
    for (const cell of rollup.values()) boundCell(cell, 1)
    const reading = readingOf(summaryOf(rollup), 'path')
    expect(reading).toMatchObject({
      count: 6,
      sum: 57,
      distinct: 2,
      other: { count: 1, sum: 7, distinct: 1 }
    })
  })

  it('gives latency in seconds, within 1 %', () => {
    const rollup = rollupOf(
      [1_000_000, 'a', 'duration', String(bucketOf(1000)), 50, 0],
      [1_010_000, 'a', 'duration', String(bucketOf(2_000_000)), 50, 0]
    )
    const summary = summaryOf(rollup)
    const latency = readingOf(summary, 'duration')?.percentiles
    expect(latency?.p50).toBeCloseTo(0.001, 4)
    expect(latency?.p99).toBeGreaterThan(1.98)
    expect(latency?.p99).toBeLessThan(2.02)
    expect(summary.timeline.metrics['duration']?.percentiles?.p50.map(value => value === null)).toEqual([
      false,
      false,
      true
    ])
  })

  it('leaves cells outside the frame out of the timeline', () => {
    const rollup = rollupOf([990_000, 'a', 'requests', '', 1, 1], [1_030_000, 'a', 'requests', '', 1, 1])
    expect(summaryOf(rollup).timeline.metrics['requests']?.sum).toEqual([0, 0, 0])
  })

  it('adds windows shorter than a bucket up', () => {
    const rollup = rollupOf([1_000_000, 'a', 'requests', '', 1, 1], [1_009_000, 'a', 'requests', '', 2, 5])
    expect(summaryOf(rollup).timeline.metrics['requests']?.sum).toEqual([6, 0, 0])
  })

  it('has what a new metric counted, and how that is shown', () => {
    const speed: Metric = {
      name: 'speed',
      label: 'Speeds',
      group: 'Traffic',
      unit: 'requests',
      summary: 'requests by speed',
      kinds: ['access'],
      key: 'header.speed',
      measure: ['duration'],
      shareOf: 'requests',
      filter: { field: ['status'], min: 400 },
      overTime: true,
      chart: 'Speed',
      classes: {
        all: [
          { name: 'fast', tone: 'success' },
          { name: 'slow', tone: 'warning', label: 'Slow requests' }
        ],
        classOf: key => (Number(key) > 5 ? 'fast' : 'slow')
      }
    }
    const rows = toRows(
      rollupOf(
        [1_000_000, 'a', 'requests', '', 4, 0],
        [1_000_000, 'a', 'method', 'GET', 4, 0],
        [1_000_000, 'a', 'speed', '9', 1, 50],
        [1_010_000, 'b', 'speed', '1', 2, 7]
      )
    )
    const summary = summarize(FRAME, { period: rows, timeline: rows }, [...METRICS, speed])
    expect(readingOf(summary, 'speed')).toMatchObject({
      label: 'Speeds',
      group: 'Traffic',
      key: 'header.speed',
      chart: 'Speed',
      whole: 4,
      count: 3,
      top: [{ key: '1' }, { key: '9' }],
      classes: [
        { name: 'fast', tone: 'success', count: 1 },
        // What is not known of the whole that it is part of is of the last class.
        { name: 'slow', tone: 'warning', label: 'Slow requests', count: 3 }
      ]
    })
    expect(summary.timeline.metrics['speed']).toMatchObject({ count: [1, 2, 0], sum: [50, 7, 0] })
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  })
})
