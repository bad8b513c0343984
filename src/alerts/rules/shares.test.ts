import { describe, expect, it } from 'vitest'
import { parseQuery, printQuery } from '../../query/index.ts'
import { each, evaluatedAt, ruleFrom, type Counted } from '../testing/known.ts'
import { signalsOf } from './index.ts'
import { kindsOf } from './passing.ts'

/** So many lines of which some are the ones looked at, at a second. */
const mixed = (at: number, all: number, some: number): Counted[] => [
  { at, count: all, part: 'of' },
  ...(some > 0 ? [{ at, count: some }] : [])
]

describe('ratio', () => {
  const rule = ruleFrom({ type: 'ratio', where: 'status:5xx', over: '5%', min: 100, window: '1m' })

  it.each<[string, Counted[], string, number | undefined]>([
    ['too few lines', mixed(10, 99, 99), 'unknown', undefined],
    ['just enough', mixed(10, 100, 6), 'bad', 0.06],
    ['just the limit', mixed(10, 100, 5), 'between', 0.05],
    ['80 % of the limit', mixed(10, 100, 4), 'good', 0.04],
    ['none at all', mixed(10, 100, 0), 'good', 0]
  ])('%s', (_, counted, state, value) => {
    const evaluation = evaluatedAt(rule, counted, 20)
    expect([evaluation.state, evaluation.value]).toEqual([state, value])
  })

  it('says of how many, and what is usual', () => {
    const counted = [
      ...each(0, 3600, { count: 10, part: 'of' }),
      ...mixed(60, 10, 9),
      ...mixed(3610, 400, 40)
    ]
    expect(evaluatedAt(rule, counted, 3660).summary).toBe(
      '10 % of 400 requests in 1m (limit 5 %, usual <0.1 %)'
    )
  })

  it('says why it cannot say', () =>
    expect(evaluatedAt(rule, mixed(10, 3, 3), 20).summary).toBe(
      '3 requests in 1m, too few to evaluate (100 needed)'
    ))

  it('may be too small: the other lines are those that make it so', () => {
    const under = ruleFrom({ type: 'ratio', where: 'status:<400', under: '85%', window: '1m' })
    expect(
      signalsOf(under)
        .slice(0, 2)
        .map(({ where }) => printQuery(where))
    ).toEqual([
      printQuery(parseQuery('kind:access AND status:* AND NOT status:<400')),
      printQuery(parseQuery('kind:access AND status:*'))
    ])
    const states = [10, 15, 16, 25].map(bad => evaluatedAt(under, mixed(5, 200, 2 * bad), 10).state)
    expect(states).toEqual(['between', 'between', 'bad', 'bad'])
    expect(evaluatedAt(under, mixed(5, 200, 15), 10).state).toBe('good')
  })

  it('is of what it is configured to be', () => {
    const of = ruleFrom({ type: 'ratio', where: 'status:404', of: 'path:/api/*', over: '5%' })
    expect(
      signalsOf(of)
        .slice(0, 2)
        .map(({ where }) => printQuery(where))
    ).toEqual([printQuery(parseQuery('path:/api/* AND status:404')), printQuery(parseQuery('path:/api/*'))])
  })
})

describe('the kinds of log whose lines may pass', () => {
  it.each([
    ['status:5xx', 'access'],
    ['level:crit', 'error'],
    ['client:1.2.3.4', 'access error'],
    ['client:1.2.3.4 AND kind:error', 'error'],
    ['level:crit OR status:500', 'access error'],
    ['level:crit AND status:500', ''],
    ['timeout', 'access error'],
    ['signature:*', 'error'],
    ['source:web', 'access error'],
    ['', 'access error']
  ])('%s', (query, kinds) => expect(kindsOf(parseQuery(query)).join(' ')).toBe(kinds))
})

describe('metric', () => {
  const rule = ruleFrom({ type: 'metric', field: 'duration', of: 'p95', over: '1s', min: 20, window: '2m' })
  /** So many requests that took so many milliseconds. */
  const took = (at: number, count: number, ms: number): Counted => {
    const bucket = Math.ceil(Math.log(ms * 1000) / Math.log(1.01 / 0.99))
    return { at, count, key: [String(bucket)], part: 'values' }
  }

  it.each<[string, Counted[], string]>([
    ['too few', [took(10, 19, 5000)], 'unknown'],
    ['five in a hundred may be slow', [took(10, 95, 100), took(11, 5, 5000)], 'good'],
    ['six may not', [took(10, 94, 100), took(11, 6, 5000)], 'bad'],
    ['a little less than the limit', [took(10, 50, 900)], 'between'],
    ['long ago', [took(10, 50, 100), took(-300, 50, 9000)], 'good']
  ])('%s', (_, counted, state) => expect(evaluatedAt(rule, counted, 20).state).toBe(state))

  it('says it in the unit of the field, with what is usual', () => {
    const counted = [...each(0, 3600, took(0, 1, 90)), took(3610, 100, 2000)]
    const { summary, unit, baseline, threshold } = evaluatedAt(rule, counted, 3720)
    expect(summary).toBe('p95 of duration 2 s in 100 lines in 2m (limit 1 s, usual 90.2 ms)')
    expect([unit, threshold]).toEqual(['seconds', 1])
    expect(baseline).toBeCloseTo(0.09, 2)
  })

  it('may have to be many times what is usual', () => {
    const times = ruleFrom({ type: 'metric', field: 'duration', over: '1s', factor: 3, window: '2m' })
    const now = took(3610, 100, 2000)
    const states = [[], each(0, 3600, took(0, 1, 1500)), each(0, 3600, took(0, 1, 500))].map(
      before => evaluatedAt(times, [...before, now], 3720).state
    )
    expect(states).toEqual(['unknown', 'between', 'bad'])
  })

  it.each([
    ['avg', '10MiB', 10_485_760, 'between'],
    ['avg', 9_000_000, 9e6, 'bad'],
    ['sum', '150MB', 150e6, 'bad']
  ])('%s over %s', (of, over, threshold, state) => {
    const sizes = ruleFrom({ type: 'metric', field: 'bytes', of, over, min: 1 })
    const evaluation = evaluatedAt(sizes, [{ at: 10, count: 20, sum: 2e8, part: 'values' }], 20)
    expect(evaluation).toMatchObject({ threshold, unit: 'bytes', state })
  })

  it('takes the largest and smallest within one in a hundred', () => {
    const counted = [took(10, 1, 10), took(10, 1, 1000)]
    const values = ['min', 'max'].map(of => {
      const rule = ruleFrom({ type: 'metric', field: 'duration', of, over: '9s', min: 1 })
      return evaluatedAt(rule, counted, 20).value ?? 0
    })
    expect(values[0]).toBeCloseTo(0.01, 3)
    expect(values[1]).toBeCloseTo(1, 1)
  })

  it('shows the lines that are past the limit', () => {
    const [main] = signalsOf(ruleFrom({ type: 'metric', where: 'vhost:a', field: 'duration', over: '1s' }))
    expect(printQuery(main!.where)).toBe(printQuery(parseQuery('vhost:a AND duration:>1s')))
  })
})
