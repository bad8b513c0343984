import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { each, evaluatedAt, ruleFrom, type Counted } from '../testing/known.ts'
import { signalsOf } from './index.ts'

describe('count', () => {
  const rule = ruleFrom({ type: 'count', where: 'status:5xx', over: 20, window: '10s' })

  it.each<[string, Counted[], number, string]>([
    ['just the limit changes nothing', [{ at: 100, count: 20 }], 101, 'between'],
    ['one more is bad', [{ at: 100, count: 21 }], 101, 'bad'],
    ['what began ten seconds ago still counts', [{ at: 100, count: 21 }], 110, 'bad'],
    ['what is older does not', [{ at: 100, count: 21 }], 111, 'good'],
    ['nor does what comes after', [{ at: 100, count: 21 }], 100, 'good'],
    ['80 % of the limit is good', [{ at: 100, count: 16 }], 101, 'good']
  ])('%s', (_, counted, at, state) => expect(evaluatedAt(rule, counted, at).state).toBe(state))

  it('says what was counted, what is allowed, and what is usual', () => {
    const counted = [...each(0, 3600), { at: 3605, count: 30 }]
    const evaluation = evaluatedAt(rule, counted, 3610)
    expect(evaluation).toMatchObject({
      state: 'bad',
      value: 30,
      threshold: 20,
      baseline: 10,
      unit: 'count',
      samples: 30
    })
    expect(evaluation.summary).toBe('30 requests in 10s (limit 20, usual 10)')
  })

  it('knows nothing usual in the first minutes', () => {
    expect(evaluatedAt(rule, each(0, 200), 200).baseline).toBeUndefined()
    expect(evaluatedAt(rule, each(0, 400), 400).baseline).toBe(10)
  })

  it('counts each key for itself', () => {
    const by = ruleFrom({ type: 'count', by: 'client', over: 5, window: '10s' })
    const counted = [
      { at: 1, count: 6, key: ['a'] },
      { at: 1, count: 5, key: ['b'] }
    ]
    expect(['a', 'b'].map(who => evaluatedAt(by, counted, 2, [who]).state)).toEqual(['bad', 'between'])
  })

  it('slides exactly as a list of lines does', () => {
    const lines = fc.array(fc.record({ at: fc.nat(200), count: fc.integer({ min: 1, max: 9 }) }))
    fc.assert(
      fc.property(lines, fc.nat(250), (counted, now) => {
        const inside = counted.filter(({ at }) => at >= now - 10 && at < now)
        expect(evaluatedAt(rule, counted, now).value).toBe(inside.reduce((sum, { count }) => sum + count, 0))
      })
    )
  })
})

describe('match', () => {
  const rule = ruleFrom({ type: 'match', where: 'level:crit', cooldown: '1m' })

  it('one line is enough, and is over so long after the last one', () => {
    const states = [99, 101, 130, 180, 191].map(at => evaluatedAt(rule, [{ at: 100 }, { at: 120 }], at).state)
    expect(states).toEqual(['good', 'bad', 'bad', 'bad', 'good'])
    expect(evaluatedAt(rule, [{ at: 100 }, { at: 120 }], 121).summary).toBe('2 lines in 1m (limit 0)')
  })

  it('tells nobody that it is over', () => expect(rule.sendResolved).toBe(false))

  it.each([
    [{ in: ['a', 'b*'] }, 'client:("a" OR "b*")'],
    [{ notIn: ['a'] }, 'client:* AND NOT client:"a"']
  ])('takes lists: %j', async (list, query) => {
    const { parseQuery, predicate } = await import('../../query/index.ts')
    const [main] = signalsOf(ruleFrom({ type: 'match', field: 'client', ...list }))
    const [holds, wanted] = [predicate(main!.where), predicate(parseQuery(query))]
    for (const client of ['a', 'b', 'b*', 'bx', null]) {
      const line = { time: 0, zone: 0, source: 's', kind: 'access', client } as const
      expect([client, holds(line)]).toEqual([client, wanted(line)])
    }
  })
})

describe('cardinality', () => {
  const rule = ruleFrom({
    type: 'cardinality',
    where: 'status:404',
    by: 'client',
    field: 'path',
    over: 10,
    window: '1m'
  })
  const paths = (count: number, from: number): Counted[] =>
    Array.from({ length: count }, (_, i) => ({ at: from + i, key: ['a', `/${i}`] }))

  it.each<[string, Counted[], number, string]>([
    ['different values', paths(11, 0), 12, 'bad'],
    ['just the limit', paths(10, 0), 12, 'between'],
    ['the same again and again', each(0, 50, { key: ['a', '/'] }), 50, 'good'],
    ['too long ago', paths(11, 0), 63, 'good']
  ])('%s', (_, counted, at, state) => expect(evaluatedAt(rule, counted, at, ['a']).state).toBe(state))

  it('counts to twice the limit', () => {
    const { summary, value } = evaluatedAt(rule, paths(50, 0), 50, ['a'])
    expect(value).toBe(20)
    expect(summary).toBe('more than 20 different values of path in 20 requests in 1m (limit 10)')
  })
})
