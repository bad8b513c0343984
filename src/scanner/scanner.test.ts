import { describe, expect, it } from 'vitest'
import type { Program, Step } from '../core/program.ts'
import { explain } from './explain.ts'
import { NO_STATE, Scanner } from './scanner.ts'
import { PROGRAMS } from './testing/programs.ts'
import { type Result, scanAgain, scanPieces } from './testing/results.ts'

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')

function scanAll(program: Program, text: string, options = {}): Result {
  return scanPieces(new Scanner([program], options), bytesOf(text), () => Infinity)
}

/** The fields of one line, or why it was rejected. */
function read(steps: readonly Step[], line: string): unknown {
  const program = { steps, zoned: true }
  const { events, rejections } = scanAll(program, `${line}\n`)
  const [event] = events
  const [rejection] = rejections
  if (rejection) return explain(rejection, [program])
  return event && { ...event.fields, ...(event.flags ? { flags: event.flags } : {}) }
}

const text = (until: string, rest: Partial<Extract<Step, { op: 'text' }>> = {}): Step => ({
  op: 'text',
  field: 'a',
  until,
  quoted: false,
  ...rest
})
const literal = (value: string): Step => ({ op: 'literal', text: value })
const number = (scale = 1): Step => ({ op: 'number', field: 'n', scale })
const request: Step = { op: 'request', until: '', quoted: false }
const address: Step = { op: 'address', field: 'a', port: 'port', until: '' }
const target: Step = { op: 'target', until: '', quoted: false }
const none = { method: null, path: null, query: null, protocol: null, request: null }

const cases: Record<string, readonly [readonly Step[], string, unknown][]> = {
  'a text': [
    [[text('')], 'x', { a: 'x' }],
    [[text('')], '-', { a: null }],
    [[text('')], '--', { a: '--' }],
    [[text(' ['), literal(' [')], 'a b [', { a: 'a b' }],
    [[text(' '), literal(' ')], ' ', { a: '' }],
    [[text(' '), literal(' ')], 'x', 'column 1: a has no end: " " is missing'],
    [[text('"', { quoted: true }), literal('"')], '\\"\\\\"', { a: '\\"\\\\' }],
    [[text('"', { quoted: true }), literal('"')], 'x\\"', 'column 1: a has no end: "\\"" is missing'],
    [
      [text(', ', { last: true }), { op: 'group', steps: [literal(', '), text('', { field: 'b' })] }],
      'a, b, c',
      { a: 'a, b', b: 'c' }
    ],
    [
      [text(', ', { last: true }), { op: 'group', steps: [literal(', '), text('', { field: 'b' })] }],
      'a',
      { a: 'a', b: null }
    ],
    [[text('')], 'nul\0 and \xff', { a: 'nul\0 and \xff' }],
    [[text('é'), literal('é')], 'x\xc3\xa9', { a: 'x' }]
  ],
  'a number': [
    [[number()], '0', { n: 0 }],
    [[number()], '-', { n: null }],
    [[number()], '-15', { n: -15 }],
    [[number()], '12345678', { n: 12345678 }],
    [[number()], '123456789', { n: 123456789 }],
    [[number()], '999999999999999', { n: 999999999999999 }],
    [[number()], '1234567890123456', 'column 1: n is no number'],
    [[number()], '', undefined],
    [[number()], 'x', 'column 1: n is no number'],
    [[number()], '12x', 'column 3: expected the end of the line after n'],
    [[number()], '007', { n: 7, flags: 1 }],
    [[number()], '-0', { n: 0, flags: 1 }],
    [[number(1e6)], '12', { n: 12e6 }],
    [[number(1e6)], '999999999999999', { n: 999999999999999e6, flags: 1 }]
  ],
  'a request': [
    [[request], 'GET / HTTP/1.1', { ...none, method: 'GET', path: '/', protocol: 'HTTP/1.1' }],
    [
      [request],
      'GET /a?b?c HTTP/2',
      { ...none, method: 'GET', path: '/a', query: 'b?c', protocol: 'HTTP/2' }
    ],
    [[request], 'GET /a?', { ...none, method: 'GET', path: '/a', query: '' }],
    [[request], 'GET /a b HTTP/1.0', { ...none, method: 'GET', path: '/a b', protocol: 'HTTP/1.0' }],
    [[request], 'GET HTTP/1.0', { ...none, method: 'GET', path: 'HTTP/1.0' }],
    [[request], 'GET /a b', { ...none, request: 'GET /a b' }],
    [[request], 'GET  HTTP/1.0', { ...none, request: 'GET  HTTP/1.0' }],
    [[request], 'GET / HTTP/.1', { ...none, request: 'GET / HTTP/.1' }],
    [[request], 'GET / HTTP/1.1.1', { ...none, request: 'GET / HTTP/1.1.1' }],
    [[request], 'GET / xHTTP/1.12', { ...none, request: 'GET / xHTTP/1.12' }],
    [[request], 'GET / HTTP/1.12', { ...none, method: 'GET', path: '/', protocol: 'HTTP/1.12' }],
    [[request], 'GET / HTTP/1.', { ...none, request: 'GET / HTTP/1.' }],
    [[request], 'G(T / HTTP/1.1', { ...none, request: 'G(T / HTTP/1.1' }],
    [[request], '\\x16\\x03\\x01', { ...none, request: '\\x16\\x03\\x01' }],
    [[request], '-', none],
    [[request], 'GET - HTTP/1.1', { ...none, method: 'GET', protocol: 'HTTP/1.1', flags: 1 }]
  ],
  'a target': [
    [[target], '/a?b', { path: '/a', query: 'b' }],
    [[target], '-', { path: null, query: null }],
    [[target], '/?-', { path: '/', query: null, flags: 1 }]
  ],
  'an address': [
    [[address], '1.2.3.4:80', { a: '1.2.3.4', port: 80 }],
    [[address], '::1:65535', { a: '::1', port: 65535 }],
    [[address], 'host:123456', { a: 'host:123456', port: null }],
    [[address], 'host:', { a: 'host:', port: null }],
    [[address], '12345', { a: '12345', port: null }],
    [[address], '-', { a: null, port: null }],
    [[literal(':'), address], ':80', { a: '80', port: null }],
    [[address], 'host:080', { a: 'host', port: 80, flags: 1 }]
  ],
  'a group': [
    [[{ op: 'group', steps: [literal('['), text(']'), literal('] ')] }, number()], '[x] 1', { a: 'x', n: 1 }],
    [[{ op: 'group', steps: [literal('['), text(']'), literal('] ')] }, number()], '1', { a: null, n: 1 }],
    [
      [{ op: 'group', steps: [literal('['), text(']'), literal('] ')] }, number()],
      '[x]1',
      'column 1: n is no number'
    ],
    [[{ op: 'group', steps: [literal('['), text(']'), literal(']')] }], '[-]', { a: null, flags: 1 }],
    [[{ op: 'group', steps: [literal('['), request] }], '[x', { ...none, request: 'x' }],
    [[{ op: 'group', steps: [literal('['), request] }], '[-', { ...none, flags: 1 }],
    [[{ op: 'group', steps: [literal('['), request] }], '', undefined],
    [[{ op: 'group', steps: [literal('[]')] }, text('')], '[]x', { a: 'x', flags: 1 }]
  ]
}

for (const [name, rows] of Object.entries(cases)) {
  describe(name, () => {
    it.each(rows)('%j reads %j', (steps, line, wanted) => expect(read(steps, line)).toEqual(wanted))
  })
}

const micros = (iso: string): number => Date.parse(iso) * 1000
const parts = (...names: Extract<Step, { op: 'timepart' }>['part'][]): Step[] =>
  names.flatMap((part): Step[] => [{ op: 'timepart', field: 'time', part }, literal(' ')])
const clf: Step = { op: 'clf', field: 'time' }
const ctime: Step = { op: 'ctime', field: 'time', fraction: 6 }
const bad = 'column 1: time is no valid time'

describe('a time', () => {
  it.each<[readonly Step[], string, unknown]>([
    [[clf], '10/Oct/2000:13:55:36 -0700', [micros('2000-10-10T20:55:36Z'), -420, 0]],
    [[clf], '29/Feb/2024:23:59:60 +0530', [micros('2024-02-29T18:30:00Z'), 330, 1]],
    [[clf], ' 7/Oct/2000:13:55:36 +0000', [micros('2000-10-07T13:55:36Z'), 0, 1]],
    [[clf], '07/Oct/2000:13:55:36 -0000', [micros('2000-10-07T13:55:36Z'), 0, 1]],
    [[clf], '31/Dec/1969:23:59:59 +0000', [-1e6, 0, 0]],
    [[clf], '29/Feb/2023:23:59:59 +0000', bad],
    [[clf], '10/Okt/2000:13:55:36 -0700', bad],
    [[clf], '10/Oct/2000:24:00:00 -0700', bad],
    [[clf], '10/Oct/2000:13:60:36 -0700', bad],
    [[clf], '10/Oct/2000:13:55:61 -0700', bad],
    [[clf], '10/Oct/2000:13:55:36 -1500', bad],
    [[clf], '10/Oct/2000:13:55:36 -070', bad],
    [[clf], '10/Oct/2000:13;55:36 -0700', bad],
    [[clf], '-', bad],
    [[ctime], 'Tue Oct 10 13:55:36.123456 2000', [micros('2000-10-10T13:55:36Z') + 123456, 0, 0]],
    [[ctime], 'Tue Oct 10 13:55:36 2000', [micros('2000-10-10T13:55:36Z'), 0, 1]],
    [[ctime], 'Wed Oct 10 13:55:36.123456 2000', [micros('2000-10-10T13:55:36Z') + 123456, 0, 1]],
    [[ctime], 'Tue Oct 10 13:55:36.1234 2000', bad],
    [[ctime], 'Tün Oct 10 13:55:36.123456 2000', bad],
    [parts('micros'), '971186136123456 ', [971186136123456, 0, 0]],
    [parts('millis'), '971186136123 ', [971186136123000, 0, 0]],
    [parts('seconds', 'micro'), '971186136 123456 ', [971186136123456, 0, 0]],
    [parts('seconds', 'milli', 'zone'), '971186136 123 +0200 ', [971186136123000, 120, 0]],
    [parts('seconds'), '0971186136 ', [971186136000000, 0, 1]],
    [parts('micros'), '9007199254740993 ', 'column 1: time has no valid micros'],
    [parts('year', 'dayOfYear'), '2024 366 ', [micros('2024-12-31T00:00:00Z'), 0, 0]],
    [parts('year', 'month', 'day', 'dayOfYear'), '2024 02 01 032 ', [micros('2024-02-01T00:00:00Z'), 0, 0]],
    [parts('year', 'month', 'day', 'dayOfYear'), '2024 02 01 033 ', [micros('2024-02-01T00:00:00Z'), 0, 1]],
    [parts('year', 'dayOfYear'), '2023 366 ', 'column 6: time has no valid dayOfYear'],
    [parts('year', 'month', 'day'), '2023 02 29 ', 'column 9: time has no valid day'],
    [parts('year', 'month'), '2023 02 ', 'column 9: the line does not contain its whole time'],
    [parts('weekdayName', 'year', 'month', 'day'), 'Wed 2023 03 01 ', [micros('2023-03-01T00:00:00Z'), 0, 0]],
    [parts('weekdayName', 'year', 'month', 'day'), 'Mon 2023 03 01 ', [micros('2023-03-01T00:00:00Z'), 0, 1]],
    [
      [clf, literal(' '), ...parts('micro')],
      '10/Oct/2000:13:55:36 +0000 123456 ',
      [micros('2000-10-10T13:55:36Z') + 123456, 0, 0]
    ]
  ])('%j reads %j', (steps, line, wanted) => {
    const program = { steps, zoned: true }
    const { events, rejections } = scanAll(program, `${line}\n`)
    const [rejection] = rejections
    const [event] = events
    expect(
      rejection ? explain(rejection, [program]) : event && [event.time, event.zone, event.flags]
    ).toEqual(wanted)
  })

  it('is not taken for the day or zone known from a line before', () => {
    const nul = '\0'.repeat(8)
    const lines = [
      `${nul}\0\0\0\x0013:55:36 +0000`,
      `10/Oct/2000:13:55:36${'\0'.repeat(6)}`,
      ' 7/Oct/2000:13:55:36 +0000',
      `${nul}000:13:55:36 +0000`,
      '07/Oct/2000:13:55:36 +0000'
    ]
    const { events, rejections } = scanAll({ steps: [clf], zoned: true }, lines.join('\n'))
    expect(events.map(event => event.start)).toEqual([54, 108])
    expect(rejections.map(one => one.reason)).toEqual(['time', 'time', 'time'])
  })

  it('is moved from the wall clock to UTC where lines do not give their zone', () => {
    const line = '[Sun Jul 02 12:00:00 2023] [error] x\n[Sun Dec 31 12:00:00 2023] [error] x\n'
    const { events } = scanAll(PROGRAMS.error22, line, { zone: 'Europe/Berlin' })
    expect(events.map(event => [event.time, event.zone])).toEqual([
      [micros('2023-07-02T10:00:00Z'), 120],
      [micros('2023-12-31T11:00:00Z'), 60]
    ])
  })
})

describe('lines', () => {
  const whole: Program = { steps: [text('')], zoned: true }
  const lines = (input: string, options = {}): unknown => {
    const bytes = bytesOf(input)
    const { events, rejections } = scanPieces(new Scanner([whole], options), bytes, () => Infinity)
    expect(scanPieces(new Scanner([whole], options), bytes, () => 1)).toEqual({ events, rejections })
    expect(scanAgain(new Scanner([whole], { ...options, chunk: 1 }), bytes)).toEqual({ events, rejections })
    return [
      ...events.map(event => [event.start, event.fields['a'], event.flags]),
      ...rejections.map(one => [one.start, one.length, one.reason])
    ]
  }

  it.each<[string, unknown]>([
    ['', []],
    ['\n\n\r\n', []],
    [
      'a\nb\n',
      [
        [0, 'a', 0],
        [2, 'b', 0]
      ]
    ],
    [
      'a\r\nb',
      [
        [0, 'a', 2],
        [3, 'b', 4]
      ]
    ],
    ['a\r\r\n', [[0, 'a\r', 2]]],
    ['a\r', [[0, 'a\r', 4]]],
    ['\ra\n', [[0, '\ra', 0]]]
  ])('of %j', (input, wanted) => expect(lines(input)).toEqual(wanted))

  it.each<[string, unknown]>([
    [
      '12345\n1\n',
      [
        [0, '12345', 0],
        [6, '1', 0]
      ]
    ],
    [
      '12345\r\n1\n',
      [
        [0, '12345', 2],
        [7, '1', 0]
      ]
    ],
    ['12345', [[0, '12345', 4]]],
    [
      '123456\n1\n',
      [
        [7, '1', 0],
        [0, 5, 'long']
      ]
    ],
    ['12345\r', [[0, 5, 'long']]],
    [
      '1234567890\n1\n',
      [
        [11, '1', 0],
        [0, 5, 'long']
      ]
    ],
    ['1234567890', [[0, 5, 'long']]]
  ])('up to five bytes of %j', (input, wanted) => expect(lines(input, { maxLine: 5 })).toEqual(wanted))

  it('skip the rest of a long one after a restart', () => {
    const before = new Scanner([whole], { maxLine: 5 })
    before.input().set(bytesOf('12345678'))
    before.filled(8)
    expect(before.scan()).toMatchObject({ consumed: 8, rejected: [{ reason: 'long', length: 5 }] })
    expect(before.state.skipping).toBe(true)

    const after = new Scanner([whole], { maxLine: 5 })
    after.state = { ...NO_STATE, skipping: true }
    after.input().set(bytesOf('90\nab\n'))
    after.filled(6)
    const { batches, rejected, consumed } = after.scan()
    expect([consumed, batches[0]?.rows, batches[0]?.start[0], rejected, after.state.skipping]).toEqual([
      6,
      1,
      3,
      [],
      false
    ])
    expect(Buffer.from(after.bytes(3, 2)).toString()).toBe('ab')
  })

  it('end with the input, long ones too', () => {
    const scanner = new Scanner([whole], { maxLine: 5 })
    expect(scanPieces(scanner, bytesOf('123456789'), () => 8).rejections.length).toBe(1)
    expect(scanner.state.skipping).toBe(false)
    expect(scanPieces(scanner, bytesOf('ab\n'), () => 8).events.length).toBe(1)
  })

  it('offer more room to a line that does not fit, and the usual room again behind it', () => {
    const scanner = new Scanner([whole], { chunk: 16, maxLine: 100 })
    const sizes: number[] = []
    for (let i = 0; i < 5; i++) {
      scanner.reset()
      sizes.push(scanner.input().fill(0x78).length)
      scanner.filled(sizes.at(-1) ?? 0)
      scanner.scan()
    }
    expect(sizes).toEqual([16, 32, 64, 118, 16])
  })

  it('refuse a count that the input does not hold', () => {
    expect(() => new Scanner([whole], { chunk: 16, maxLine: 16 }).filled(35)).toThrow(/35 bytes/)
  })
})
