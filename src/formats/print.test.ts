import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../core/fields.ts'
import { formatFor } from './index.ts'

/** 10 October 2000, 13:55:36.123456 in a zone seven hours west of UTC: a Tuesday, the 284th day of a leap year. */
const time = Date.UTC(2000, 9, 10, 20, 55, 36) * 1000 + 123_456
const timestamp = { time, zone: -420 }

const request: LogEvent = {
  ...timestamp,
  client: '127.0.0.1',
  user: 'frank',
  method: 'GET',
  path: '/apache_pb.gif',
  protocol: 'HTTP/1.0',
  status: 200,
  bytes: 2326,
  referrer: 'http://www.example.com/start.html',
  agent: 'Mozilla/4.08 [en] (Win98; I ;Nav)'
}
const failure: LogEvent = {
  ...timestamp,
  module: 'proxy_http',
  level: 'error',
  pid: 22_583,
  tid: 123_857_130_227_392,
  os_error_code: '20014',
  os_error: 'Internal error (specific information not available)',
  client: '2001:db8::1',
  client_port: 60_250,
  message: 'AH01102: error reading status line from "\u001b[2J\\"\n',
  referrer: 'https://farm.example/?a'
}

describe('print', () => {
  it.each<[text: string, event: LogEvent, line: string]>([
    [
      'common',
      request,
      '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
    ],
    [
      'combined',
      { ...request, query: 'a=b', agent: 'say "ä\\"\t' },
      String.raw`127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif?a=b HTTP/1.0" 200 2326 "http://www.example.com/start.html" "say \"\xc3\xa4\\\"\t"`
    ],
    ['common', timestamp, '- - - [10/Oct/2000:13:55:36 -0700] "-" - -'],
    [
      'common',
      { ...timestamp, request: '\u0016\u0003', bytes: 0, status: 400 },
      String.raw`- - - [10/Oct/2000:13:55:36 -0700] "\x16\x03" 400 0`
    ],
    ['"%r" %t', { ...timestamp, method: 'GET', path: '/' }, '"GET /" [10/Oct/2000:13:55:36 -0700]'],
    [
      '"%r" %t',
      { ...timestamp, method: 'GET', path: '/', query: '' },
      '"GET /?" [10/Oct/2000:13:55:36 -0700]'
    ],
    ['%{%s}t %U%q', { ...timestamp, path: '/a', query: 'b' }, '971211336 /a?b'],
    ['%{%s}t %U%q', timestamp, '971211336 -'],
    ['%{%s}t "%q"', { ...timestamp, query: 'b' }, '971211336 "?b"'],
    ['%{%s}t "%q"', timestamp, '971211336 ""'],
    [
      '%{%s}t %D %T %{ms}T',
      { ...timestamp, duration: 1_999_999, duration_2: 1_999_999, duration_3: 1_999_999 },
      '971211336 1999999 1 1999'
    ],
    ['%{%s}t é %400{é}i', timestamp, '971211336 é -'],
    [
      'error24',
      failure,
      String.raw`[Tue Oct 10 13:55:36.123456 2000] [proxy_http:error] [pid 22583:tid 123857130227392] (20014)Internal error (specific information not available): [client 2001:db8::1:60250] AH01102: error reading status line from "\x1b[2J\\"\n, referer: https://farm.example/?a`
    ],
    [
      'error24',
      { ...timestamp, level: 'notice', pid: 1, message: 'x' },
      '[Tue Oct 10 13:55:36.123456 2000] [-:notice] [pid 1] x'
    ],
    [
      'error24',
      { ...timestamp, level: 'debug', pid: 1, file: 'a.c', file_line: 7, message: 'x' },
      '[Tue Oct 10 13:55:36.123456 2000] [-:debug] [pid 1] a.c(7): x'
    ],
    [
      'error24',
      { ...timestamp, level: 'info', pid: 1, file: 'a.c', message: 'x' },
      '[Tue Oct 10 13:55:36.123456 2000] [-:info] [pid 1] x'
    ],
    [
      'error22',
      failure,
      String.raw`[Tue Oct 10 13:55:36 2000] [error] [client 2001:db8::1] (20014)Internal error (specific information not available): AH01102: error reading status line from "\x1b[2J\\"\n, referer: https://farm.example/?a`
    ]
  ])('%s', (text, event, line) => expect(formatFor(text).print(event)).toBe(line))

  it.each<[format: string, text: string]>([
    ['%a %b %e %d %j %m %Y', 'Tue Oct 10 10 284 10 2000'],
    ['%F %H:%M:%S|%T|%R|%X', '2000-10-10 13:55:36|13:55:36|13:55|13:55:36'],
    ['%F %z %h', '2000-10-10 -0700 Oct'],
    ['%c', 'Tue Oct 10 13:55:36 2000'],
    ['%Y-%m-%d%t%%', '2000-10-10\t%'],
    ['%s', '971211336'],
    ['sec', '971211336'],
    ['msec', '971211336123'],
    ['usec', '971211336123456'],
    ['begin:%F', '2000-10-10'],
    ['begin', '[10/Oct/2000:13:55:36 -0700]'],
    ['end:', '[10/Oct/2000:13:55:36 -0700]']
  ])('prints the time as %s', (format, text) =>
    expect(formatFor(`%{${format}}t`).print(timestamp)).toBe(text)
  )

  it.each<[text: string, line: string]>([
    ['%{sec}t.%{msec_frac}t', '971211336.123'],
    ['%{sec}t.%{usec_frac}t', '971211336.123456'],
    ['[%t] %M', '[Tue Oct 10 13:55:36 2000] -'],
    ['[%{u}t] %M', '[Tue Oct 10 13:55:36.123456 2000] -'],
    ['[%{cu}t] %M', '[2000-10-10 13:55:36.123456] -'],
    ['[%{cuz}t] %M', '[2000-10-10 13:55:36.123456 -0700] -']
  ])('prints the time as %s', (text, line) => expect(formatFor(text).print(timestamp)).toBe(line))

  it.each<[zone: number, text: string]>([
    [0, '1970-01-01 00:00:00 +0000'],
    [330, '1970-01-01 05:30:00 +0530'],
    [-1, '1969-12-31 23:59:00 -0001'],
    [840, '1970-01-01 14:00:00 +1400']
  ])('prints the epoch %d minutes east of UTC', (zone, text) => {
    expect(formatFor('%{%F %T %z}t').print({ time: 0, zone })).toBe(text)
  })

  it('prints times before 1970', () => {
    expect(formatFor('%{%F %T}t.%{usec_frac}t').print({ time: -1, zone: 0 })).toBe(
      '1969-12-31 23:59:59.999999'
    )
  })

  it('prints the end of the request where the event knows it', () => {
    const format = formatFor('%{sec}t %{end:%F %T}t')
    expect(format.print({ ...timestamp, time_end: time + 5_000_000 })).toBe('971211336 2000-10-10 13:55:41')
    expect(format.print(timestamp)).toBe('971211336 2000-10-10 13:55:36')
  })
})

describe('printRaw', () => {
  it('gives any bytes back', () => {
    const raw = Uint8Array.of(0xff, 0x00, 0xc3, 0x22)
    const line = formatFor('é %{a}i %b %{%s}t').printRaw({
      ...timestamp,
      get: field => (field === 'bytes' ? 7 : raw)
    })
    expect([...line]).toEqual([0xc3, 0xa9, 0x20, ...raw, ...Buffer.from(' 7 971211336')])
  })

  it('takes NaN and null as absent', () => {
    const format = formatFor(String.raw`[%{cu}t] [%-l] [pid\ %T] %M`)
    const values = new Map([['tid', Number.NaN]])
    const line = format.printRaw({ ...timestamp, get: field => values.get(field) ?? null })
    expect(Buffer.from(line).toString()).toBe('[2000-10-10 13:55:36.123456] [-] -')
  })
})
