import { describe, expect, it } from 'vitest'
import { Run, START } from './testing/run.ts'

describe('what is shown', () => {
  it('tells all that fires, the worst first, and what keeps it from people', () => {
    const run = new Run({
      rules: { big: { severity: 'critical' }, r: { inhibitedBy: 'big' }, held: { for: '1m' } },
      receivers: { ops: { rateLimit: { count: 1 } }, boss: { minSeverity: 'critical' } }
    })
    run.silence('client:b', 0, 100)
    run.lines('big', ['a'], 1)
    run.lines('r', ['a', 'b', 'c'], 1)
    run.lines('held', ['a'], 1)
    const { firing, pending, silences, receivers } = run.alerting.view(START + 2000)
    const shown = firing.map(({ rule, labels, silence, inhibitedBy, notified }) => [
      rule,
      labels['client'],
      silence?.reason,
      inhibitedBy,
      notified
    ])
    expect(shown).toEqual([
      ['big', 'a', undefined, undefined, ['ops', 'boss']],
      ['r', 'a', undefined, 'big', []],
      ['r', 'b', 'work', undefined, []],
      ['r', 'c', undefined, undefined, ['ops']]
    ])
    expect(pending.map(({ rule }) => rule)).toEqual(['held'])
    expect(silences.map(({ query, alerts }) => [query, alerts.length])).toEqual([['client:b', 1]])
    expect(receivers).toMatchObject([
      {
        name: 'ops',
        muted: false,
        limited: true,
        held: { count: 1, titles: ['R from c: 1 request in 1s (limit 0)'] }
      },
      { name: 'boss', limited: false, held: { count: 0 } }
    ])
    expect(receivers[1]?.held).toEqual({ count: 0, titles: [] })
  })

  it('explains a rule: how it evaluates each key, and why people are not notified', () => {
    const run = new Run({
      rules: { r: { window: '10s', over: 1 } },
      receivers: { ops: { rateLimit: { count: 1 } }, boss: { minSeverity: 'critical' } }
    })
    run.silence('client:b', 0, 100)
    for (const at of [1, 2, 3]) run.lines('r', ['a', 'b'], at)
    run.lines('r', ['c'], 3)
    run.acknowledge('a', 3)
    const explained = run.alerting.explain('r', START + 4000)
    expect(explained).toMatchObject({
      at: START + 3000,
      more: 0,
      keys: [
        {
          labels: { client: 'a' },
          phase: 'firing',
          // The line of the cell that is not over, too.
          evaluation: { state: 'bad', value: 3 },
          suppressed: ['acknowledged by eve', 'ops: its rate limit is reached']
        },
        {
          labels: { client: 'b' },
          phase: 'firing',
          suppressed: [
            'silenced by eve (work) until 2023-11-14T22:01:40.000Z',
            'ops: its rate limit is reached'
          ]
        },
        { labels: { client: 'c' }, evaluation: { state: 'good' }, suppressed: [] }
      ]
    })
    expect(run.alerting.explain('none', START)).toBeUndefined()
  })
})
