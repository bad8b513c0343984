import { describe, expect, it } from 'vitest'
import { DAY_MS, SECOND_MS } from '../core/time.ts'
import { Run, START } from './testing/run.ts'

const NEW = { type: 'new', field: 'client', learn: '1m', horizon: '1h', window: '5s', keepFiringFor: '0s' }
const rulesOf = (where: string) => ({ n: { ...NEW, where }, r: {} })

/** A minute of life on an engine that keeps no lines, and a restart with the rule as it is then. */
function restarted(where: string): Run {
  const run = new Run({ rules: rulesOf('status:404'), countFrom: 0 })
  run.lines('r', ['x'], 1)
  run.tick(60)
  run.restart({ rules: rulesOf(where), countFrom: 60 })
  return run
}

const backfilling = (run: Run, at: number): string | undefined =>
  run.rules
    .filter(({ name }) => name === 'n')
    .flatMap(rule => run.alerting.backfilling(rule, START + at) ?? [])[0]

const fired = (run: Run): number => run.transitions.filter(({ rule }) => rule === 'n').length

describe('a rule where no lines are kept', () => {
  it('knows after a restart what was counted for it', () => {
    const run = restarted('status:404')
    run.lines('n', ['a'], 70)
    expect(fired(run)).toBe(1)
  })

  it('that was changed knows nothing of before: it says so, and does not take that for a lack of lines', () => {
    const run = restarted('status:403')
    run.lines('n', ['a'], 70)
    expect(fired(run)).toBe(0)
    expect(backfilling(run, 70 * SECOND_MS)).toBe(
      'backfilling: lines are counted for it since 2023-11-14T22:01:00Z, and it looks back to 2023-11-14T21:01:10Z'
    )
  })

  it('does not say so any more once it was counted for as long as it looks back', () => {
    expect(backfilling(restarted('status:403'), DAY_MS)).toBeUndefined()
  })

  it('is remembered over the next restart, and forgotten when it is gone', () => {
    const run = restarted('status:403')
    run.tick(100)
    run.restart({ rules: rulesOf('status:403'), countFrom: 100 })
    expect(backfilling(run, 100 * SECOND_MS)).toContain('since 2023-11-14T22:01:00')
    run.restart({ rules: { r: {} }, countFrom: 110 })
    run.tick(120)
    expect(run.saved.groups.filter(({ id }) => id.startsWith('counted n'))).toEqual([])
  })
})

it('where lines are kept, nothing is missing', () => {
  expect(backfilling(new Run({ rules: rulesOf('') }), 0)).toBeUndefined()
})
