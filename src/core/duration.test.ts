import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['30d', 2_592_000_000],
    ['0s', 0]
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['', '10', 's', '1.5s', '-1s', '10 s', '10S', '1w', '9999999999s'])('refuses %j', text =>
    expect(parseDuration(text)).toBeUndefined()
  )

  it('come back from their text', () => {
    assert(
      property(integer({ min: 0, max: 99_999_999 }), ms => parseDuration(formatDuration(ms)) === ms),
      { seed: 1 }
    )
  })
})
