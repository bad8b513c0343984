import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headerLength } from './messages.ts'

const strip = (message: string): string => {
  const bytes = Buffer.from(message, 'latin1')
  return bytes.subarray(headerLength(bytes)).toString('latin1')
}

const LINE = '192.0.2.1 - - [01/Jan/2026:00:00:01 +0000] "GET / HTTP/1.1" 200 1'

const two = (most: number) => fc.nat(most).map(value => String(value).padStart(2, '0'))

describe('the header of a syslog message', () => {
  it.each([
    ['logger, RFC 3164', '<13>Nov  5 03:50:32 vm web: '],
    [
      'logger, RFC 5424',
      '<13>1 2026-11-25T03:50:33.239596+00:00 vm web - - [timeQuality tzKnown="1" isSynced="0"] '
    ],
    ['without any of it', '<0>1 - - - - - - '],
    [
      'the example of RFC 5424',
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][examplePriority@32473 class="high"] \xef\xbb\xbf'
    ],
    ['data with what would end it', String.raw`<1>1 - h a p m [a b="]\"]\\"][c] `],
    ['nginx', '<190>Nov 25 03:50:32 vm nginx: '],
    ['nginx without a host', '<190>Nov 25 03:50:32 nginx: '],
    ['httpd', '<187>Nov 25 03:50:32 vm apache2[812]: '],
    ['rsyslog', '<190>2026-11-25T03:50:32.123456+01:00 vm nginx: '],
    ['a year and milliseconds', '<190>Nov 25 2026 03:50:32.123 10.0.0.1 httpd: '],
    ['an IPv6 host', '<190>Nov 25 03:50:32 fe80::1 nginx: '],
    ['no tag', '<190>Nov 25 03:50:32 vm ']
  ])('of %s is taken off', (_, header) => {
    expect(strip(header + LINE)).toBe(LINE)
    expect(strip(`${header}  goes on`)).toBe('  goes on')
  })

  it.each([
    ['no message', ''],
    ['a priority that is none', '<1234>Nov 25 03:50:32 vm web: x'],
    ['a priority alone', `<13>${LINE}`],
    ['no priority', LINE],
    ['a time that is none', '<13>Nov 25 vm web: x'],
    ['data that does not end', '<13>1 - - - - - [a b="c x'],
    ['text behind the data', '<13>1 - - - - - [a]x']
  ])('cannot be read: %s', (_, message) => expect(strip(message)).toBe(message))

  it('alone is an empty line', () => {
    for (const header of ['<13>1 - - - - - -', '<13>1 - - - - - - ', '<13>Nov 25 03:50:32 vm web:'])
      expect(strip(header)).toBe('')
  })

  const word = fc.stringMatching(/^[!-9;-Z^-~]{1,30}$/)
  const nil = fc.oneof(fc.constant('-'), fc.stringMatching(/^[!-~]{1,30}$/))
  const clock = fc.tuple(two(23), two(59), two(59)).map(parts => parts.join(':'))
  const old = fc
    .record({
      priority: fc.nat(191),
      month: fc.constantFrom('Jan', 'Sep', 'Dec'),
      day: fc.integer({ min: 1, max: 31 }).map(day => String(day).padStart(2, ' ')),
      clock,
      host: fc.option(word),
      tag: word,
      pid: fc.option(fc.nat(99_999))
    })
    .map(({ priority, month, day, clock, host, tag, pid }) => {
      const sender = host === null ? '' : `${host} `
      return `<${priority}>${month} ${day} ${clock} ${sender}${tag}${pid === null ? '' : `[${pid}]`}: `
    })
  const value = fc
    .stringMatching(/^[ -~]{0,20}$/)
    .map(text => text.replace(/["\\\]]/g, found => `\\${found}`))
  const element = fc
    .tuple(fc.stringMatching(/^[a-z@0-9]{1,12}$/), fc.array(value, { maxLength: 3 }))
    .map(([id, values]) => `[${[id, ...values.map((text, i) => `p${i}="${text}"`)].join(' ')}]`)
  const data = fc.oneof(
    fc.constant('-'),
    fc.array(element, { minLength: 1, maxLength: 3 }).map(all => all.join(''))
  )
  const fresh = fc
    .tuple(fc.nat(191), fc.tuple(nil, nil, nil, nil, nil), data, fc.constantFrom('', '\xef\xbb\xbf'))
    .map(([priority, parts, data, mark]) => `<${priority}>1 ${parts.join(' ')} ${data} ${mark}`)
  const line = fc
    .uint8Array({ maxLength: 200 })
    .map(bytes => Buffer.from(bytes).toString('latin1'))
    .filter(text => !text.startsWith('\xef\xbb\xbf'))

  it('is taken off, and nothing else, whatever stands in it and behind it', () => {
    fc.assert(
      fc.property(fc.oneof(old, fresh), line, (header, line) => {
        expect(strip(header + line)).toBe(line)
      })
    )
  })

  it('is never longer than its message', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect(headerLength(bytes)).toBeLessThanOrEqual(bytes.length)
      })
    )
  })
})
