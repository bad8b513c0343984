import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SECOND, MINUTE } from '../core/time.ts'
import type { CellRows } from '../core/rows.ts'
import { keyOf, type Signal } from '../core/signal.ts'
import { EVERYTHING, type Query } from '../query/index.ts'
import { Memory } from './memory.ts'

const signal = (more: Partial<Signal<Query>> = {}): Signal<Query> => ({
  name: 's',
  where: EVERYTHING,
  by: ['client'],
  step: SECOND,
  fine: 10 * MINUTE,
  back: 60 * MINUTE,
  limit: 1000,
  lines: 2,
  ...more
})

interface Counted {
  readonly key: string
  readonly second: number
  readonly count: number
}

function row({ key, second, count }: Counted, metric = 's'): CellRows {
  return {
    window: second * SECOND,
    source: 'web',
    metric,
    keys: [key],
    counts: Float64Array.of(count),
    sums: Float64Array.of(3 * count),
    otherCount: 0,
    otherSum: 0,
    sketch: undefined
  }
}

const delta = (all: readonly Counted[]) => ({
  rows: all.map(one => row(one)),
  lines: [],
  read: 0,
  counted: 0
})

const counted = fc.record({
  key: fc.constantFrom(keyOf(['a']), keyOf(['b'])),
  second: fc.integer({ min: 0, max: 4000 }),
  count: fc.integer({ min: 1, max: 9 })
})

/** What a list says of a span, in seconds. */
function naive(all: readonly Counted[], key: string, from: number, to: number): number {
  return all
    .filter(one => one.key === key && one.second >= from && one.second < to)
    .reduce((sum, { count }) => sum + count, 0)
}

describe('the memory of rules', () => {
  it('counts like a list, whatever the order and however it is cut', () => {
    const span = fc.tuple(fc.integer({ min: -10, max: 4100 }), fc.nat(700))
    fc.assert(
      fc.property(fc.array(counted), fc.array(span), fc.nat(), (all, spans, cut) => {
        const cells = new Memory([signal()])
        const at = cut % (all.length + 1)
        cells.add(delta(all.slice(at)))
        cells.add(delta(all.slice(0, at)))
        for (const key of [keyOf(['a']), keyOf(['b'])])
          for (const [from, length] of spans) {
            const { count, sum } = cells.sum('s', key, from * SECOND, (from + length) * SECOND)
            expect([count, sum]).toEqual([1, 3].map(times => times * naive(all, key, from, from + length)))
          }
      })
    )
  })

  it('forgets nothing that is looked back to: seconds within `fine`, minutes before', () => {
    fc.assert(
      fc.property(fc.array(counted), fc.integer({ min: 100, max: 4000 }), (all, now) => {
        const cells = new Memory([signal()])
        cells.add(delta(all))
        cells.forget(now * SECOND)
        const key = keyOf(['a'])
        for (const [from, to] of [
          [now - 600, now],
          [now - 31, now + 5],
          [Math.ceil((now - 3500) / 60) * 60, now - 600]
        ] as const)
          expect(cells.sum('s', key, from * SECOND, to * SECOND).count).toBe(naive(all, key, from, to))
      })
    )
  })

  it('forgets what nobody looks back to, keys and all', () => {
    const cells = new Memory([signal({ fine: MINUTE, back: 5 * MINUTE })])
    cells.add(
      delta([
        { key: 'old', second: 0, count: 1 },
        { key: 'new', second: 299, count: 1 }
      ])
    )
    cells.forget(301 * SECOND)
    expect([...cells.keys('s')]).toEqual(['new'])
    expect(cells.span('s', 'old')).toBeUndefined()
    expect([cells.since('s'), cells.latest, cells.forgotten]).toEqual([0, 299 * SECOND, 0])
  })

  it('forgets many keys by and by', () => {
    const cells = new Memory([signal(), signal({ name: 't' })])
    const keys = Array.from({ length: 1800 }, (_, i) => String(i))
    cells.add(delta(keys.map(key => ({ key, second: 0, count: 1 }))))
    const left = Array.from({ length: 4 }, () => {
      cells.forget(5000 * SECOND)
      return [...cells.keys('s')].length
    })
    expect(left).toEqual([1300, 800, 300, 0])
  })

  it('holds so many keys, the ones seen last, and says how many it forgot', () => {
    const cells = new Memory([signal()], 3)
    for (const [second, key] of ['a', 'b', 'c', 'a', 'd'].entries())
      cells.add(delta([{ key, second, count: 1 }]))
    expect([...cells.keys('s')].toSorted()).toEqual(['a', 'c', 'd'])
    expect(cells.forgotten).toBe(1)
  })

  it('holds few keys where they have many cells', () => {
    const cells = new Memory([signal()], 10)
    for (const key of ['a', 'b'])
      for (let second = 0; second < 300; second++) cells.add(delta([{ key, second, count: 1 }]))
    expect([...cells.keys('s')]).toEqual(['b'])
    expect(cells.sum('s', 'b', 0, Infinity).count).toBe(300)
  })

  describe('of a signal with values', () => {
    const valued = signal({ value: { field: 'path', as: 'text', most: 3 } })
    const path = (client: string, path: string, second: number) => ({
      key: keyOf([client, path]),
      second,
      count: 1
    })

    it('tells them, and all of them together', () => {
      const cells = new Memory([valued])
      cells.add(delta([path('a', '/x', 1), path('a', '/x', 2), path('a', '/y', 2), path('b', '/z', 2)]))
      expect([...cells.keys('s')]).toEqual([keyOf(['a']), keyOf(['b'])])
      expect([...cells.values('s', keyOf(['a']), 2e6, 3e6).keys()]).toEqual(['/x', '/y'])
      expect(cells.sum('s', keyOf(['a']), 0, 3e6).count).toBe(3)
      expect(cells.span('s', keyOf(['a']))).toEqual({ first: 1e6, last: 2e6 })
      expect(cells.span('s', keyOf(['a', '/y']))).toEqual({ first: 2e6, last: 2e6 })
    })

    it('holds the values of a key that were seen last', () => {
      const cells = new Memory([valued])
      cells.add(delta(['/1', '/2', '/3', '/1', '/4'].map((name, i) => path('a', name, i))))
      expect([...cells.values('s', keyOf(['a']), 0, 9e6).keys()]).toEqual(['/3', '/1', '/4'])
      expect(cells.forgotten).toBe(0)
    })
  })

  it('shows the newest lines of a key, or of all its values', () => {
    const cells = new Memory([signal({ value: { field: 'path', as: 'text' } })])
    const keys = ['/x', '/y', '/x'].map(name => keyOf(['a', name]))
    const lines = keys.map((key, i) => {
      const at = { signal: 's', key, source: 'web', kind: 'access' } as const
      return { ...at, time: i * SECOND, text: `line ${i}` }
    })
    cells.add({ ...delta(keys.map((key, second) => ({ key, second, count: 1 }))), lines })
    expect(cells.lines('s', keyOf(['a'])).map(({ text }) => text)).toEqual(['line 1', 'line 2'])
    expect(cells.lines('s', keyOf(['a', '/x'])).map(({ text }) => text)).toEqual(['line 0', 'line 2'])
    expect(cells.lines('s', 'nobody')).toEqual([])
  })

  it('takes no notification of signals that it does not know', () => {
    const cells = new Memory([signal()])
    cells.add({ ...delta([]), rows: [row({ key: '', second: 5, count: 1 }, 'other')] })
    expect([cells.since('other'), cells.sum('other', '', 0, Infinity)]).toEqual([
      Infinity,
      { count: 0, sum: 0 }
    ])
  })
})
