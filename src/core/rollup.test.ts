import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentileOf, readingOf } from './readings.ts'
import { addKey, boundCell, cellOf, distinctOf, mergeRollup, totalOf, type Rollup } from './rollup.ts'
import { addRows, toRows } from './rows.ts'
import { bucketOf, bucketValue } from './sketch.ts'
import { windowOf } from './window.ts'

const count = fc.record({
  window: fc.constantFrom(0, 10, 20),
  source: fc.constantFrom('a', 'b c'),
  metric: fc.constantFrom('client', 'path'),
  key: fc.string({ maxLength: 3 }),
  count: fc.integer({ min: 1, max: 1000 }),
  sum: fc.integer({ min: 0, max: 1e6 })
})
type Count = Parameters<typeof build>[0][number]

/** A rollup of some counts, its cells cut down to three keys where `bound` says so. */
function build(
  counts: readonly {
    window: number
    source: string
    metric: string
    key: string
    count: number
    sum: number
  }[],
  bound = false
): Rollup {
  const rollup: Rollup = new Map()
  for (const { window, source, metric, key, count, sum } of counts)
    addKey(cellOf(rollup, window, source, metric), key, count, sum)
  if (bound) for (const cell of rollup.values()) boundCell(cell, 3)
  return rollup
}

/** A rollup in a form that two equal ones share whatever the order they were made in. */
function plain(rollup: Rollup): unknown {
  return Object.fromEntries(
    Array.from(rollup, ([id, { keys, other, sketch }]) => [
      id,
      { keys: Object.fromEntries(keys), other, sketch: sketch && [...sketch] }
    ])
  )
}

const rollup = fc.tuple(fc.array(count, { maxLength: 30 }), fc.boolean())
const made = ([counts, bound]: [Count[], boolean]): Rollup => build(counts, bound)
const sum = (...parts: Rollup[]): Rollup => parts.reduce((into, part) => mergeRollup(into, part), new Map())

describe('merging rollups', () => {
  it('is commutative', () =>
    fc.assert(
      fc.property(rollup, rollup, (a, b) => {
        expect(plain(sum(made(a), made(b)))).toEqual(plain(sum(made(b), made(a))))
      })
    ))

  it('is associative', () =>
    fc.assert(
      fc.property(rollup, rollup, rollup, (a, b, c) => {
        expect(plain(sum(sum(made(a), made(b)), made(c)))).toEqual(plain(sum(made(a), sum(made(b), made(c)))))
      })
    ))

  it('has the empty rollup as its neutral', () =>
    fc.assert(
      fc.property(rollup, a => {
        expect(plain(sum(new Map(), made(a)))).toEqual(plain(made(a)))
      })
    ))

  it('equals counting all at once', () =>
    fc.assert(
      fc.property(fc.array(count), fc.array(count), (a, b) => {
        expect(plain(sum(build(a), build(b)))).toEqual(plain(build([...a, ...b])))
      })
    ))

  it('changes its first argument alone', () =>
    fc.assert(
      fc.property(rollup, rollup, (a, b) => {
        const from = made(b)
        const before = plain(from)
        const into = sum(made(a), from)
        mergeRollup(into, made(a))
        expect(plain(from)).toEqual(before)
      })
    ))

  it('survives the way through rows', () =>
    fc.assert(
      fc.property(rollup, a => {
        expect(plain(addRows(new Map(), toRows(made(a))))).toEqual(plain(made(a)))
      })
    ))
})

describe('bounding a cell', () => {
  it('keeps totals exact and the largest keys', () =>
    fc.assert(
      fc.property(fc.array(count), fc.integer({ min: 0, max: 5 }), (counts, limit) => {
        for (const cell of build(counts).values()) {
          const before = totalOf(cell)
          const largest = readingOf(cell, limit).top
          const distinct = cell.keys.size
          boundCell(cell, limit)
          expect(totalOf(cell)).toEqual(before)
          expect(readingOf(cell, limit).top).toEqual(largest)
          expect(distinctOf(cell)).toBe(distinct)
        }
      })
    ))

  it('estimates many distinct keys within three standard errors', () => {
    const rollup: Rollup = new Map()
    const cell = cellOf(rollup, 0, 's', 'client')
    for (let i = 0; i < 100_000; i++) addKey(cell, `client-${i}`, 1, 0)
    boundCell(cell, 100)
    expect(Math.abs(distinctOf(cell) / 100_000 - 1)).toBeLessThan(0.05)
  })
})

describe('readings', () => {
  it('split every count between top and other', () => {
    const cell = cellOf(
      build(
        [1, 2, 3, 4].map(n => ({ window: 0, source: 's', metric: 'm', key: `k${n}`, count: n, sum: 10 * n }))
      ),
      0,
      's',
      'm'
    )
    expect(readingOf(cell, 2)).toEqual({
      count: 10,
      sum: 100,
      distinct: 4,
      top: [
        { key: 'k4', count: 4, sum: 40 },
        { key: 'k3', count: 3, sum: 30 }
      ],
      other: { count: 3, sum: 30, distinct: 2 }
    })
  })

  it('give percentiles within 1 % of the nearest rank', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }),
        fc.constantFrom(0, 0.5, 0.95, 0.99, 1),
        (values, q) => {
          const cell = cellOf(new Map(), 0, 's', 'duration')
          for (const value of values) addKey(cell, String(bucketOf(value)), 1, value)
          const exact = values.sort((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1]!
          expect(Math.abs((percentileOf(cell, q) ?? NaN) - exact)).toBeLessThanOrEqual(0.0101 * exact)
        }
      )
    ))

  it('know no percentile of nothing', () =>
    expect(percentileOf(cellOf(new Map(), 0, 's', 'duration'), 0.5)).toBeUndefined())
})

describe('buckets and windows', () => {
  it('a bucket stands for its values within 1 %', () =>
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e15, noNaN: true }), value => {
        expect(Math.abs(bucketValue(bucketOf(value)) / value - 1)).toBeLessThan(0.0101)
      })
    ))

  it.each([
    [0, 10, 0],
    [9, 10, 0],
    [10, 10, 10],
    [-1, 10, -10]
  ])('%d in windows of %d begins at %d', (time, size, start) => expect(windowOf(time, size)).toBe(start))
})
