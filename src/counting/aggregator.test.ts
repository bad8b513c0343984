import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Batch, Column, Dictionary } from '../core/batch.ts'
import type { Metric } from '../core/metric.ts'
import { readingOf } from '../core/readings.ts'
import { totalOf, type Rollup } from '../core/rollup.ts'
import { hashText } from '../core/sketch.ts'
import { allTime, windowsOf } from '../core/window.ts'
import { DenseCodeCounts, SparseCodeCounts } from './code-counts.ts'
import { Aggregator } from './aggregator.ts'
import { Watermark } from './watermark.ts'

/** A dictionary of plain texts, as the scanner would have filled it. */
function dictionaryOf(field: string): Dictionary & { code(text: string | null): number } {
  const texts = ['']
  return {
    field,
    generation: 0,
    get size() {
      return texts.length
    },
    bytes: code => new TextEncoder().encode(texts[code]),
    text: code => texts[code] ?? '',
    hash: code => hashText(texts[code] ?? ''),
    code(text) {
      if (text === null) return 0
      const known = texts.indexOf(text, 1)
      return known > 0 ? known : texts.push(text) - 1
    }
  }
}

interface Line {
  time: number
  client: string | null
  status: number
  bytes: number
}

const client = dictionaryOf('client')

function batchOf(lines: readonly Line[]): Batch {
  const columns = new Map<string, Column>([
    [
      'client',
      { type: 'text', codes: Uint32Array.from(lines, line => client.code(line.client)), dictionary: client }
    ],
    ['status', { type: 'number', values: Float64Array.from(lines, line => line.status) }],
    ['bytes', { type: 'number', values: Float64Array.from(lines, line => line.bytes) }]
  ])
  const none = new Uint32Array(lines.length)
  return {
    rows: lines.length,
    time: Float64Array.from(lines, line => line.time),
    zone: new Int16Array(lines.length),
    start: none,
    length: none,
    flags: new Uint8Array(lines.length),
    columns
  }
}

const base = { label: '', group: '', unit: 'requests', summary: '', kinds: ['access'] } as const
const METRICS: readonly Metric[] = [
  { ...base, name: 'requests', key: null, measure: ['bytes'] },
  { ...base, name: 'client', key: 'client', measure: ['bytes'] },
  {
    ...base,
    name: 'initial',
    key: 'client',
    measure: [],
    derive: text => (text === 'zz' ? undefined : text.charAt(0))
  },
  {
    ...base,
    name: 'ending',
    key: 'client',
    measure: ['bytes'],
    derive: text => (text === 'zz' ? undefined : text.slice(-1))
  },
  { ...base, name: 'failing', key: 'client', measure: [], filter: { field: ['status'], min: 400 } },
  { ...base, name: 'status', key: 'status', measure: [] },
  { ...base, name: 'vhost', key: 'vhost', measure: [] }
]

/** The same counts, taken line by line in the plainest way. */
function plainly(lines: readonly Line[], size: number): Map<string, [number, number]> {
  const counts = new Map<string, [number, number]>()
  const add = (line: Line, metric: string, key: string, sum: number): void => {
    const id = `${size === Infinity ? -1 : Math.floor(line.time / size) * size} ${metric} ${key}`
    const [count, total] = counts.get(id) ?? [0, 0]
    counts.set(id, [count + 1, total + (Number.isNaN(sum) ? 0 : sum)])
  }
  for (const line of lines) {
    add(line, 'requests', '', line.bytes)
    if (!Number.isNaN(line.status)) add(line, 'status', String(line.status), 0)
    if (line.client === null) continue
    add(line, 'client', line.client, line.bytes)
    if (line.client !== 'zz') add(line, 'initial', line.client.charAt(0), 0)
    if (line.client !== 'zz') add(line, 'ending', line.client.slice(-1), line.bytes)
    if (line.status >= 400) add(line, 'failing', line.client, 0)
  }
  return counts
}

function flat(rollup: Rollup): Map<string, [number, number]> {
  const counts = new Map<string, [number, number]>()
  for (const cell of rollup.values())
    for (const [key, { count, sum }] of cell.keys)
      counts.set(`${cell.window} ${cell.metric} ${key}`, [count, sum])
  return counts
}

const line = fc.record({
  time: fc.integer({ min: 0, max: 60 }),
  client: fc.constantFrom('ab', 'ac', 'b', 'zz', null),
  status: fc.constantFrom(200, 404, 500, 1e12, NaN),
  bytes: fc.constantFrom(0, 7, NaN)
})

describe('Aggregator', () => {
  it('counts what counting line by line counts, however lines are batched', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(line)),
        fc.constantFrom(10, Infinity),
        fc.constantFrom(SparseCodeCounts, DenseCodeCounts),
        (batches, size, Kind) => {
          const aggregator = new Aggregator('s', METRICS, () => new Kind())
          const windowing = size === Infinity ? allTime : windowsOf(size)
          for (const lines of batches) aggregator.add(batchOf(lines), windowing)
          const rollup: Rollup = new Map()
          aggregator.flush(rollup, 1000)
          expect(flat(rollup)).toEqual(plainly(batches.flat(), size))
          aggregator.flush(rollup, 1000)
          expect(flat(rollup)).toEqual(plainly(batches.flat(), size))
        }
      )
    ))

  it('holds the limit, keeps the largest keys and exact totals', () => {
    const aggregator = new Aggregator('s', METRICS)
    const lines = Array.from({ length: 500 }, (_, i) => ({
      time: 0,
      client: `c${i % 50 < 25 ? i % 5 : i}`,
      status: 200,
      bytes: 1
    }))
    aggregator.add(batchOf(lines), allTime)
    const rollup: Rollup = new Map()
    aggregator.flush(rollup, 10)
    const cell = rollup.get('-1 client s')!
    expect(cell.keys.size).toBe(10)
    expect(totalOf(cell)).toEqual({ count: 500, sum: 500 })
    expect(readingOf(cell, 5).top.map(({ key, count }) => [key, count])).toEqual(
      ['c0', 'c1', 'c2', 'c3', 'c4'].map(key => [key, 50])
    )
  })
})

describe.each([SparseCodeCounts, DenseCodeCounts])('%o', Counter => {
  it('is a map from codes to counts and sums', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100_000), fc.nat())), adds => {
        const counter = new Counter()
        const plain = new Map<number, [number, number]>()
        for (const [key, sum] of adds) {
          counter.add(key, 1, sum)
          const [count, total] = plain.get(key) ?? [0, 0]
          plain.set(key, [count + 1, total + sum])
        }
        const seen = new Map<number, [number, number]>()
        counter.each((key, count, sum) => seen.set(key, [count, sum]))
        expect(seen).toEqual(plain)
        expect(counter.size).toBe(plain.size)
      })
    ))
})

function late(times: number[], lateness: number, now = 1e12): number {
  return new Watermark(10, lateness).observe(Float64Array.from(times), times.length, now)
}

describe('Watermark', () => {
  it.each([
    ['in order', [1, 5, 12, 30], 0, 0],
    ['behind, but its window is open', [15, 11], 0, 0],
    ['its window closed', [25, 3], 0, 1],
    ['its window waits', [25, 3], 20, 0],
    ['a line at the very end of the window', [20, 9], 0, 1]
  ])('%s', (_name, times, lateness, expected) => expect(late(times, lateness)).toBe(expected))

  it('is not moved by a time far in the future', () => expect(late([5e12, 3], 0)).toBe(0))

  it('counts the same however the lines are cut', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(20), fc.nat(50), (times, lateness, cut) => {
        const watermark = new Watermark(10, lateness)
        const parts = [times.slice(0, cut), times.slice(cut)].map(part =>
          watermark.observe(Float64Array.from(part), part.length, 1e12)
        )
        expect(parts.reduce((a, b) => a + b, 0)).toBe(late(times, lateness))
      })
    ))

  it('is moved by the clock when idle', () => {
    const watermark = new Watermark(10, 5)
    watermark.idle(100)
    expect(watermark.closed).toBe(95)
    expect(watermark.observe(Float64Array.of(3), 1, 101)).toBe(1)
  })
})
