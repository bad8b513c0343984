import { describe, expect, it } from 'vitest'
import { addKey, boundCell, cellOf, type Rollup } from '../core/rollup.ts'
import { toRows } from '../core/rows.ts'
import { bucketOf } from '../core/sketch.ts'
import type { Frame } from './api-types.ts'
import { summarize } from './summary.ts'

const FRAME: Frame = { period: '15m', from: 1_000_000, to: 1_030_000, bucket: 10_000 }
const at = (ms: number): number => ms * 1000

function rollupOf(
  ...counts: [window: number, source: string, metric: string, key: string, count: number, sum: number][]
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

describe('summary', () => {
  const summary = summaryOf(
    rollupOf(
      [1_000_000, 'a', 'requests', '', 9, 900],
      [1_010_000, 'b', 'requests', '', 3, 30],
      [1_000_000, 'a', 'status', '200', 5, 0],
      [1_000_000, 'a', 'status', '404', 2, 0],
      [1_000_000, 'a', 'status', '503', 1, 0],
      [1_010_000, 'b', 'status', '500', 3, 0],
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
    expect(summary.totals).toEqual({
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
    expect(summary.timeline.requests).toEqual({
      '2xx': [5, 0, 0],
      '3xx': [0, 0, 0],
      '4xx': [2, 0, 0],
      '5xx': [1, 3, 0],
      other: [1, 0, 0]
    })
    expect(summary.timeline.bytes).toEqual([900, 30, 0])
  })

  it('tells severities apart', () => {
    expect(summary.timeline.errorLines).toEqual({ error: [0, 0, 3], warn: [0, 0, 4], other: [0, 0, 8] })
  })

  it('shows the largest keys of metrics that counted something, and only those', () => {
    expect(Object.keys(summary.readings).sort()).toEqual(['client', 'level', 'status'])
    expect(summary.readings.client?.top).toEqual([
      { key: 'x', count: 7, sum: 0 },
      { key: 'y', count: 2, sum: 0 }
    ])
  })

  it('keeps totals exact where keys were folded away', () => {
    const rollup = rollupOf([1_000_000, 'a', 'path', '/', 5, 50], [1_000_000, 'a', 'path', '/x', 1, 7])
    for (const cell of rollup.values()) boundCell(cell, 1)
    const reading = summaryOf(rollup).readings.path
    expect(reading).toMatchObject({
      count: 6,
      sum: 57,
      distinct: 2,
      other: { count: 1, sum: 7, distinct: 1 }
    })
  })

  it('tells latency in seconds, within 1 %', () => {
    const rollup = rollupOf(
      [1_000_000, 'a', 'duration', String(bucketOf(1000)), 50, 0],
      [1_010_000, 'a', 'duration', String(bucketOf(2_000_000)), 50, 0]
    )
    const { totals, timeline } = summaryOf(rollup)
    expect(totals.latency?.p50).toBeCloseTo(0.001, 4)
    expect(totals.latency?.p99).toBeGreaterThan(1.98)
    expect(totals.latency?.p99).toBeLessThan(2.02)
    expect(timeline.p50.map(value => value === null)).toEqual([false, false, true])
  })

  it('leaves cells outside the frame out of the timeline', () => {
    const rollup = rollupOf([990_000, 'a', 'requests', '', 1, 1], [1_030_000, 'a', 'requests', '', 1, 1])
    expect(summaryOf(rollup).timeline.bytes).toEqual([0, 0, 0])
  })
})
