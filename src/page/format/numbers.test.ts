import { describe, expect, it } from 'vitest'
import { bytes, compact, count, duration, rate, share } from './numbers.ts'

// The texts are written in the machine's language.
const american = new Intl.NumberFormat().resolvedOptions().locale === 'en-US'

describe.skipIf(!american)('numbers, as written in American English', () => {
  it.each([
    [count(1_234_567), '1,234,567'],
    [compact(999), '999'],
    [compact(1_234_567), '1.23M'],
    [rate(0), '0'],
    [rate(0.25), '0.3'],
    [rate(1234.6), '1,235'],
    [share(0, 0), '0.0%'],
    [share(1, 3), '33.3%'],
    [share(1, 1_000_000), '<0.1%'],
    [share(0, 10), '0.0%'],
    [bytes(0), '0 B'],
    [bytes(999), '999 B'],
    [bytes(1000), '1.00 kB'],
    [bytes(1_530_000_000), '1.53 GB'],
    [bytes(999_999), '1.00 MB'],
    [duration(0), '0 s'],
    [duration(0.000_812), '812 µs'],
    [duration(0.0123), '12.3 ms'],
    [duration(75), '75.0 s']
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected)
  })
})
