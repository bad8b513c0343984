import { describe, expect, it } from 'vitest'
import { evaluated, limitOf, share, stateOf } from './limit.ts'

describe('a limit', () => {
  it.each<[options: Parameters<typeof limitOf>[0], states: Record<number, string>]>([
    [{ over: 20 }, { 16: 'good', 16.5: 'between', 20: 'between', 21: 'bad' }],
    [
      { over: 20, clear: 20 },
      { 20: 'good', 20.1: 'bad' }
    ],
    [{ over: 0 }, { 0: 'good', 1: 'bad' }],
    [{ under: 8 }, { 10: 'good', 9.9: 'between', 8: 'between', 7: 'bad' }],
    [
      { under: 8, clear: 8 },
      { 8: 'good', 7.9: 'bad' }
    ]
  ])('%j: %j', (options, states) => {
    for (const [value, state] of Object.entries(states))
      expect(stateOf(Number(value), limitOf(options))).toBe(state)
  })

  it('of shares clears below all of them', () => expect(limitOf({ under: 0.9 }, 1).clear).toBe(0.95))

  it('is shown with what is usual', () => {
    const what = {
      value: 0.072,
      limit: limitOf({ over: 0.05 }),
      unit: 'share',
      samples: 1204,
      what: 'so many'
    } as const
    expect(evaluated({ ...what, baseline: 0.003 })).toEqual({
      state: 'bad',
      value: 0.072,
      threshold: 0.05,
      baseline: 0.003,
      unit: 'share',
      samples: 1204,
      summary: 'so many (limit 5 %, usual 0.3 %)'
    })
    expect(evaluated(what).summary).toBe('so many (limit 5 %)')
  })
})

describe('a share', () => {
  it.each([
    ['5%', 0.05],
    ['0.5 %', 0.005],
    ['100%', 1],
    [0.07, 0.07]
  ])('%j', (given, value) => expect(share.parse(given)).toBe(value))

  it.each(['5', '101%', '-1%', 1.5, '5%%', null])('is not %j', given =>
    expect(share.safeParse(given).error?.issues[0]?.message).toBeDefined()
  )
})
