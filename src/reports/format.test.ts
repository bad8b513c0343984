import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bar, cut, left, widthOf } from './layout.ts'
import {
  counted,
  formatBytes,
  formatCount,
  formatSeconds,
  formatShare,
  formatSpan,
  isoTime
} from '../core/units.ts'
import { visible } from '../core/visible.ts'

const cases: [got: string, expected: string][] = [
  [formatCount(1234567), '1,234,567'],
  [formatCount(999.6), '1,000'],
  [formatCount(0), '0'],
  [counted(1, 'line'), '1 line'],
  [counted(0, 'line'), '0 lines'],
  [counted(1200, 'line'), '1,200 lines'],
  [formatCount(123456), '123,456'],
  [formatBytes(0), '0 B'],
  [formatBytes(999), '999 B'],
  [formatBytes(1000), '1.0 kB'],
  [formatBytes(99_950), '100 kB'],
  [formatBytes(999_949), '1000 kB'],
  [formatBytes(999_950), '1.0 MB'],
  [formatBytes(2.5e18), '2.5 EB'],
  [formatShare(1, 3), '33.3 %'],
  [formatShare(1, 1e6), '<0.1 %'],
  [formatShare(0, 5), '0.0 %'],
  [formatShare(0, 0), '0.0 %'],
  [formatSeconds(0.0000005), '0.5 µs'],
  [formatSeconds(0.00043), '430 µs'],
  [formatSeconds(0.0123), '12.3 ms'],
  [formatSeconds(1.25), '1.25 s'],
  [formatSeconds(4000), '4,000 s'],
  [formatSpan(0), '0 s'],
  [formatSpan(90_000), '1 min 30 s'],
  [formatSpan(86_400_000), '1 d'],
  [formatSpan(90_061_000), '1 d 1 h'],
  [isoTime(971211336e6, -420), '2000-10-10T13:55:36-07:00'],
  [isoTime(971211336e6 + 5), '2000-10-10T20:55:36.000005Z'],
  [isoTime(-1), '1969-12-31T23:59:59.999999Z'],
  [isoTime(0, 345), '1970-01-01T05:45:00+05:45'],
  [bar(0, 10, 4), '    '],
  [bar(1, 1e9, 4), '▏   '],
  [bar(5, 10, 4), '██  '],
  [bar(20, 10, 4), '████'],
  [cut('abcdef', 4), 'ab…f'],
  [cut('日本語', 4), '日…'],
  [cut('日本語', 6), '日本語'],
  [cut('日本語です', 8), '日本…す'],
  [left('é', 3), 'é  '],
  [visible('a\nb\t\u001b[2J\u009b\u202e\ud800'), 'a\\nb\\t\\x1b[2J\\x9b\\u202e\\ud800'],
  [visible('/plain?q=ü&日本'), '/plain?q=ü&日本']
]

it.each(cases)('%j is %j', (got, expected) => expect(got).toBe(expected))

describe('any text', () => {
  it('is harmless once visible, and cut to any width', () => {
    assert(
      property(string({ unit: 'binary' }), text => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
        expect(widthOf(left(text, 10))).toBe(10)
      }),
      { seed: 1 }
    )
  })
})
