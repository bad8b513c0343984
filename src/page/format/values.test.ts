import { describe, expect, it } from 'vitest'
import { latency, measured, quantile } from './values.ts'

// The texts are written in the machine's language.
const american = new Intl.NumberFormat().resolvedOptions().locale === 'en-US'

describe.skipIf(!american)('what rules measure, as written in American English', () => {
  it.each([
    [measured(0.0724, 'share'), '7.2%'],
    [measured(0.05, 'share'), '5%'],
    [measured(4.31, 'factor'), '4.3×'],
    [measured(1.42, 'seconds'), '1.42 s'],
    [measured(0, 'seconds'), '0 s'],
    [measured(1_530_000, 'bytes'), '1.53 MB'],
    [measured(12_031, 'count'), '12,031'],
    [measured(0.25, 'count'), '0.3'],
    [latency(23.4), '23.4 ms'],
    [latency(-0.1), '0 s']
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected)
  })
})

it('finds the value that a share of all do not exceed', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([
    1, 50, 99, 100
  ])
  expect(quantile([7], 0.5)).toBe(7)
  expect(quantile([], 0.5)).toBeUndefined()
})
