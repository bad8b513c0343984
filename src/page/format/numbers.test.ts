import { describe, expect, it } from 'vitest'
import { bytesText, compactText, countText, durationText, rateText, shareText } from './numbers.ts'

// The texts are written in the machine's language.
const american = new Intl.NumberFormat().resolvedOptions().locale === 'en-US'

describe.skipIf(!american)('numbers, as written in American English', () => {
  it.each([
    [countText(1_234_567), '1,234,567'],
    [compactText(999), '999'],
    [compactText(1_234_567), '1.23M'],
    [rateText(0), '0'],
    [rateText(0.25), '0.3'],
    [rateText(1234.6), '1,235'],
    [shareText(0, 0), '0.0%'],
    [shareText(1, 3), '33.3%'],
    [shareText(1, 1_000_000), '<0.1%'],
    [shareText(0, 10), '0.0%'],
    [bytesText(0), '0 B'],
    [bytesText(999), '999 B'],
    [bytesText(1000), '1.00 kB'],
    [bytesText(1_530_000_000), '1.53 GB'],
    [bytesText(999_999), '1.00 MB'],
    [durationText(0), '0 s'],
    [durationText(0.000_812), '812 µs'],
    [durationText(0.0123), '12.3 ms'],
    [durationText(75), '75.0 s']
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected)
  })
})
