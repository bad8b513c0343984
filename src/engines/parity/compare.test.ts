import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clf } from '../../../test/clf.ts'
import { NO_DELIVERY, type Delivery } from '../../core/delivery.ts'
import { addHashToOther, addKey, addToOther, cellOf, type Cell, type Rollup } from '../../core/rollup.ts'
import { hashText } from '../../core/sketch.ts'
import { HOUR, SECOND, toMillis } from '../../core/time.ts'
import { linesOf, LOGS, someSignals, START } from '../../counting/testing/signals.ts'
import { EVERYTHING } from '../../query/index.ts'
import { compareCells } from './cells.ts'
import { areEqual, compareRuns, type Category } from './compare.ts'
import { deliveredOf, stepsOf, type Counting, type Steps } from './testing/read.ts'

const NOW = START + HOUR / 2
const JUNK = ['no line of a log\n', '\u{0}\n', 'caf\u{e9} \u{fffd}\n', '\n']

/** Differences as lines. */
function differencesOf(categories: readonly Category[]): string[] {
  return categories.flatMap(({ name, differences }) =>
    differences.map(({ where, a, b }) => `${name}: ${where}: ${a} | ${b}`)
  )
}

function compared(a: Steps, b: Steps, { limit, signals }: Counting): Category[] {
  const both = { a: true, b: true }
  return compareRuns(deliveredOf(a, signals), deliveredOf(b, signals), { limit, signals, lines: both })
}

const cuts = fc.array(fc.nat(), { maxLength: 8 })

describe('two runs over the same lines', () => {
  it.each(LOGS)('are equal, however the lines are cut into steps: %s', format => {
    fc.assert(
      fc.property(
        linesOf(format).filter(lines => lines.length > 0),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...JUNK)), { maxLength: 4 }),
        fc.array(someSignals, { maxLength: 3 }),
        cuts,
        cuts,
        (lines, junk, drawn, one, other) => {
          const texts = lines.map(({ text }) => text)
          // Lines before the first that has a time have that of the line behind them, where it has come.
          for (const [at, text] of junk) texts.splice(1 + (at % (texts.length + 1)), 0, text)
          const bytes = Buffer.from(texts.join(''), 'latin1')
          const signals = drawn.map((signal, i) => ({ ...signal, name: `${signal.name}${i}` }))
          const counting = { format, limit: 1000, signals, now: NOW }
          const [a, b] = [stepsOf(bytes, one, counting), stepsOf(bytes, other, counting)]
          expect(differencesOf(compared(a, b, counting))).toEqual([])
        }
      ),
      { seed: 11, numRuns: 40 }
    )
  })

  it('are equal within the bound, where steps keep few keys', () => {
    let cut = 0
    let short = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(20), fc.nat(12), fc.nat(3)), { minLength: 150, maxLength: 300 }),
        cuts,
        cuts,
        fc.integer({ min: 1, max: 8 }),
        (drawn, one, other, limit) => {
          // Low numbers are common: few keys are large, many are small.
          const keys = drawn.map(([a, b, c]) => Math.min(a, b * c))
          const signals = [{ ...SIGNAL, limit }]
          const counting = { format: 'common', limit, signals, now: NOW }
          const bytes = Buffer.from(keys.map((key, i) => line(`10.0.0.${key}`, `/${key}`, i % 7)).join(''))
          const [a, b] = [stepsOf(bytes, one, counting), stepsOf(bytes, other, counting)]
          const categories = compared(a, b, counting)
          expect(differencesOf(categories)).toEqual([])
          cut += categories.reduce((sum, category) => sum + category.cut, 0)
          const [first, second] = [a, b].map(steps => deliveredOf(steps, signals).rollup)
          for (const [id, cell] of first!)
            for (const [key, { count }] of cell.keys)
              if (count !== second?.get(id)?.keys.get(key)?.count) short++
        }
      ),
      { seed: 12, numRuns: 60 }
    )
    // The cases have to have what the bound is about.
    expect({ cut: cut > 100, short: short > 100 }).toEqual({ cut: true, short: true })
  })

  it('are the same in whatever order their deliveries came', () => {
    fc.assert(
      fc.property(linesOf(LOGS[0]!), cuts, fc.array(fc.nat()), (lines, at, order) => {
        const counting = { format: LOGS[0]!, limit: 3, signals: [SIGNAL], now: NOW }
        const steps = stepsOf(Buffer.from(lines.map(({ text }) => text).join('')), at, counting)
        const positions = steps.deliveries.flatMap(delivery => delivery.positions)
        const shuffled = steps.deliveries
          .map((delivery, i) => ({ ...delivery, positions: [], key: order[i] ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
        const other = {
          deliveries: [...shuffled, { ...NO_DELIVERY, positions }],
          reported: steps.reported.toReversed()
        }
        expect(differencesOf(compared(steps, other, counting))).toEqual([])
      }),
      { seed: 13, numRuns: 40 }
    )
  })
})

const SIGNAL = {
  name: 'by client',
  where: EVERYTHING,
  by: ['client'],
  step: SECOND,
  fine: HOUR,
  back: HOUR,
  limit: 1000,
  lines: 0
}

/** A line of the common format. */
function line(client: string, path: string, second: number): string {
  return `${client} - - [${clf(new Date(toMillis(START + second * SECOND)))}] "GET ${path} HTTP/1.1" 200 7\n`
}

/** Deliveries with one thing in them changed, each named. */
type Mutation = (steps: Steps) => Steps

const inDelivery =
  (change: (delivery: Delivery) => Partial<Delivery>): Mutation =>
  ({ deliveries: [first = NO_DELIVERY, ...others], reported }) => ({
    deliveries: [{ ...first, ...change(first) }, ...others],
    reported
  })

const inRow = (change: (row: Delivery['rollup'][number]) => Partial<Delivery['rollup'][number]>): Mutation =>
  inDelivery(({ rollup }) => ({
    rollup: rollup.map(row => (row.metric === 'client' ? { ...row, ...change(row) } : row))
  }))

const inEvents = (
  change: (rows: Delivery['events'][number]) => Partial<Delivery['events'][number]>
): Mutation => inDelivery(({ events }) => ({ events: events.map(rows => ({ ...rows, ...change(rows) })) }))

const inRejected = (
  change: (line: Delivery['rejected'][number]) => Partial<Delivery['rejected'][number]>
): Mutation =>
  inDelivery(({ rejected }) => ({ rejected: rejected.map(line => ({ ...line, ...change(line) })) }))

const inPlace = (
  change: (place: Delivery['positions'][number]) => Partial<Delivery['positions'][number]>
): Mutation =>
  inDelivery(({ positions }) => ({ positions: positions.map(place => ({ ...place, ...change(place) })) }))

/** The array with its first number another one. */
function other<Numbers>(
  numbers: { readonly [index: number]: number; with(index: number, value: number): Numbers },
  by = 1
): Numbers {
  return numbers.with(0, (numbers[0] ?? 0) + by)
}

const MUTATIONS: readonly [name: string, category: string, mutate: Mutation][] = [
  ['a count', 'rollup cells', inRow(({ counts }) => ({ counts: other(counts) }))],
  ['a sum', 'rollup cells', inRow(({ sums }) => ({ sums: other(sums) }))],
  ['a key', 'rollup cells', inRow(({ keys }) => ({ keys: [`${keys[0]}0`, ...keys.slice(1)] }))],
  [
    'what is counted of the others',
    'rollup cells',
    inRow(({ otherCount }) => ({ otherCount: otherCount + 1 }))
  ],
  ['the sum of the others', 'rollup cells', inRow(({ otherSum }) => ({ otherSum: otherSum + 1 }))],
  ['a window', 'rollup cells', inRow(({ window }) => ({ window: window + SECOND }))],
  ['the source of a cell', 'rollup cells', inRow(() => ({ source: 'another' }))],
  ['a missing cell', 'rollup cells', inDelivery(({ rollup }) => ({ rollup: rollup.slice(1) }))],
  ['a doubled cell', 'rollup cells', inDelivery(({ rollup }) => ({ rollup: [...rollup, rollup[0]!] }))],
  ['a lost report', 'signal cells', ({ deliveries }) => ({ deliveries, reported: [] })],
  ...(['read', 'parsed', 'rejected', 'late', 'bytes'] as const).map((name): [string, string, Mutation] => [
    `the counter ${name}`,
    'counters',
    inDelivery(({ counters }) => ({ counters: counters.map(all => ({ ...all, [name]: all[name] + 1 })) }))
  ]),
  ['a reason', 'rejected lines', inRejected(() => ({ reason: 'another' }))],
  ['a rejected byte', 'rejected lines', inRejected(({ bytes }) => ({ bytes: other(bytes) }))],
  ['where a line was rejected', 'rejected lines', inRejected(({ offset }) => ({ offset: offset + 1 }))],
  ['the stream of a line', 'rejected lines', inRejected(() => ({ stream: 'another' }))],
  ['a lost line', 'rejected lines', inDelivery(() => ({ rejected: [] }))],
  [
    'a doubled line',
    'rejected lines',
    inDelivery(({ rejected }) => ({ rejected: [...rejected, ...rejected] }))
  ],
  ['a time', 'events', inEvents(({ time }) => ({ time: other(time) }))],
  ['a zone', 'events', inEvents(({ zone }) => ({ zone: other(zone) }))],
  ['a flag', 'events', inEvents(({ flags }) => ({ flags: other(flags, 2) }))],
  ['a source', 'events', inEvents(() => ({ source: 'another' }))],
  ['a kind', 'events', inEvents(() => ({ kind: 'error' }))],
  ['a format', 'events', inEvents(() => ({ format: 'combined' }))],
  ['a number', 'events', inEvents(rows => ({ numbers: changed(rows.numbers, column => other(column)) }))],
  [
    'an absent number',
    'events',
    inEvents(rows => ({ numbers: changed(rows.numbers, column => other(column, NaN)) }))
  ],
  [
    'a text',
    'events',
    inEvents(rows => ({ texts: changed(rows.texts, one => ({ ...one, bytes: other(one.bytes) })) }))
  ],
  [
    'an absent text',
    'events',
    inEvents(rows => ({
      texts: changed(rows.texts, one => ({ ...one, codes: other(one.codes, -one.codes[0]!) }))
    }))
  ],
  [
    'a code',
    'events',
    inEvents(rows => ({ texts: changed(rows.texts, one => ({ ...one, codes: other(one.codes) })) }))
  ],
  ['values of other fields', 'events', inEvents(rows => ({ texts: swapped(rows.texts, 'client', 'path') }))],
  ['a kept line', 'events', inEvents(({ kept }) => ({ kept: changed(kept, line => other(line)) }))],
  ['a line that is not kept', 'events', inEvents(() => ({ kept: new Map() }))],
  ['a lost event', 'events', inEvents(({ rows }) => ({ rows: rows - 1 }))],
  ['a doubled event', 'events', inDelivery(({ events }) => ({ events: [...events, events[0]!] }))],
  [
    'an offset',
    'positions',
    inPlace(({ position }) => ({ position: { ...position, offset: position.offset + 1 } }))
  ],
  ['the watermark', 'positions', inPlace(({ position }) => ({ position: { ...position, closed: 0 } }))],
  ['an end', 'positions', inPlace(({ finished }) => ({ finished: !finished }))],
  [
    'the choice of a format',
    'positions',
    inPlace(({ format }) => ({ format: { ...format!, text: 'combined' } }))
  ],
  ['a name', 'rejected lines, positions', inPlace(() => ({ name: 'another' }))],
  ['a lost stream', 'rejected lines, positions', inDelivery(() => ({ positions: [] }))]
]

/** A map with the value of its first key changed. */
function changed<Key, Value>(map: ReadonlyMap<Key, Value>, change: (value: Value) => Value): Map<Key, Value> {
  const [first] = map.keys()
  return new Map(Array.from(map, ([key, value]) => [key, key === first ? change(value) : value]))
}

function swapped<Value>(map: ReadonlyMap<string, Value>, one: string, two: string): Map<string, Value> {
  return new Map([...map, [one, map.get(two)!], [two, map.get(one)!]])
}

describe('a difference', () => {
  const texts = [line('10.0.0.1', '/a', 0), line('10.0.0.2', '/b', 1), 'no line\n', line('10.0.0.1', '/a', 0)]
  // Printed from its fields, this line would have a number of one digit.
  texts.push(line('10.0.0.3', '/c', 2).replace('200 7', '200 007'))
  const bytes = Buffer.from(texts.join(''))
  const counting = { format: 'common', limit: 1000, signals: [SIGNAL], now: NOW }
  const steps = stepsOf(bytes, [], counting)

  it.each(MUTATIONS)('is found: %s', (_name, category, mutate) => {
    const categories = compared(steps, mutate(steps), counting)
    const found = categories.filter(({ different }) => different > 0)
    expect(found.map(({ name }) => name).join(', ')).toBe(category)
    expect(areEqual(categories)).toBe(false)
    expect(areEqual(compared(steps, steps, counting))).toBe(true)
  })

  it('is shown with where it is and both values', () => {
    const [, , mutate] = MUTATIONS[0]!
    expect(differencesOf(compared(steps, mutate(steps), counting))).toEqual([
      'rollup cells: web client at 2026-01-01T00:00:00.000Z, total: count 4, sum 28 | count 5, sum 28',
      'rollup cells: web client at 2026-01-01T00:00:00.000Z, key "10.0.0.3": count 1, sum 7 | count 2, sum 7'
    ])
  })

  const many = Array.from({ length: 60 }, (_, i) => line(`10.0.0.${i < 20 ? 1 : i}`, '/', 0)).join('')
  const few = { ...counting, limit: 5, signals: [] }
  // Clients are too many, and so are visitors.
  const cut = stepsOf(Buffer.from(many), [], few)

  it.each([
    ['its total', inRow(({ otherCount }) => ({ otherCount: otherCount + 1 }))],
    ['the sketch of its keys', inRow(({ sketch }) => ({ sketch: sketch && other(sketch) }))],
    ['a sketch that is missing', inRow(() => ({ sketch: undefined }))],
    ['a key that is too large to be cut', withoutKey(0)],
    ['that it keeps too few keys', withoutKey(1)]
  ])('is found in a cell that was cut by %s', (_name, mutate) => {
    expect(compared(cut, cut, few)[0]).toMatchObject({ name: 'rollup cells', cut: 2, different: 0 })
    expect(compared(cut, mutate(cut), few)[0]?.different).toBeGreaterThan(0)
  })
})

it('nobody asks how many keys of a signal were cut, so that only some of its cells have a sketch', () => {
  const cut = (add: (cell: Cell) => void): Rollup => {
    const rollup: Rollup = new Map()
    const cell = cellOf(rollup, 0, 'web', 'signal:errors')
    for (const key of ['a', 'b']) addKey(cell, key, 5, 0)
    add(cell)
    return rollup
  }
  const [sketched, not] = [
    cut(cell => addHashToOther(cell, hashText('c'), 1, 0)),
    cut(cell => addToOther(cell, 1, 0))
  ]
  const different = (asked: boolean): number => compareCells(sketched, not, () => 2, asked).differences.length
  expect([different(false), different(true)]).toEqual([0, 1])
})

/** Moves a key of a cell to the others. */
function withoutKey(at: number): Mutation {
  return inRow(({ keys, counts, sums, otherCount, otherSum }) => ({
    keys: keys.toSpliced(at, 1),
    counts: Float64Array.from([...counts].toSpliced(at, 1)),
    sums: Float64Array.from([...sums].toSpliced(at, 1)),
    otherCount: otherCount + counts[at]!,
    otherSum: otherSum + sums[at]!
  }))
}
