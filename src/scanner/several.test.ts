import { describe, expect, it } from 'vitest'
import { Flag } from '../core/batch.ts'
import type { Program } from '../core/program.ts'
import { explain } from './explain.ts'
import { referenceScan } from './testing/reference-scan.ts'
import { NO_STATE, Scanner } from './scanner.ts'
import type { ScannerOptions } from './slot.ts'
import { PROGRAMS } from './testing/programs.ts'
import { below, pick, seeded } from './testing/random.ts'
import { type Result, scanAgain, scanPieces } from './testing/results.ts'

const continued = { opening: '[', alone: ['AH0', '(98)', '[-] '] }
const error: Program = { ...PROGRAMS.error24, continued }
const bare: Program = { steps: [{ op: 'text', field: 'message', until: '', quoted: false }], zoned: false }
const withDirectives: Program = { ...PROGRAMS.common, directivePrefix: '#' }
const ALL: readonly Program[] = [PROGRAMS.common, error, bare]

const ACCESS = '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.0" 200 2326'
const ERROR = '[Tue Oct 10 13:55:37.000000 2000] [core:error] AH1: m'
const SECOND = Date.UTC(2000, 9, 10, 13, 55, 36) * 1000

function scan(programs: readonly Program[], text: string, options: ScannerOptions = {}): Result {
  const scanner = new Scanner(programs, { zone: 'UTC', ...options })
  return scanPieces(scanner, Buffer.from(text, 'latin1'), () => Infinity)
}

/** Each event as which program it followed, its message and what goes on behind it. */
const eventsOf = ({ events }: Result): unknown[] =>
  events.map(({ program, fields: { message = null, details = null } }) => [program, message, details])

describe('lines of several programs', () => {
  it.each<[what: string, text: string, expected: unknown[], rejected: number]>([
    [
      'take turns',
      `${ACCESS}\n${ERROR}\n${ACCESS}\n`,
      [
        [0, null, null],
        [1, 'AH1: m', null],
        [0, null, null]
      ],
      0
    ],
    [
      'go on',
      `${ERROR}\n  at a\n\n  at b\n${ERROR}\n`,
      [
        [1, 'AH1: m', '  at a\n\n  at b'],
        [1, 'AH1: m', null]
      ],
      0
    ],
    [
      'do not go on behind others',
      `${ERROR}\n${ACCESS}\nx\n`,
      [
        [1, 'AH1: m', null],
        [0, null, null],
        [2, 'x', null]
      ],
      0
    ],
    [
      'stand alone',
      `${ERROR}\nAH00558: y\nz\n`,
      [
        [1, 'AH1: m', null],
        [2, 'AH00558: y', null],
        [2, 'z', null]
      ],
      0
    ],
    [
      'stand alone though they begin like an error',
      `[-] a\n${ERROR}\n[-] b\nz\n`,
      [
        [2, '[-] a', null],
        [1, 'AH1: m', null],
        [2, '[-] b', null],
        [2, 'z', null]
      ],
      0
    ],
    [
      'come first',
      `x\ny\n${ERROR}`,
      [
        [2, 'x', null],
        [2, 'y', null],
        [1, 'AH1: m', null]
      ],
      0
    ],
    [
      'begin like an error',
      `${ERROR}\n[x\ny\n`,
      [
        [1, 'AH1: m', null],
        [2, 'y', null]
      ],
      1
    ]
  ])('%s', (_what, text, expected, rejected) => {
    const result = scan(ALL, text)
    expect(eventsOf(result)).toEqual(expected)
    expect(result.rejections).toHaveLength(rejected)
  })

  it('without a time have that of the line before, the first ones of the line behind', () => {
    const { events } = scan(ALL, `x\n${ACCESS}\ny\n${ERROR}\nAH00558: z\n`)
    expect(events.map(({ time }) => time - SECOND)).toEqual([0, 0, 0, 1e6, 1e6])
  })

  it('remember the last time from one scan to the next, as plain data', () => {
    const before = new Scanner(ALL, { zone: 'UTC' })
    scanPieces(before, Buffer.from(`${ACCESS}\n`), () => Infinity)
    expect(before.state).toEqual({ skipping: false, time: SECOND, zone: 0 })
    const after = new Scanner(ALL, { zone: 'UTC' })
    after.state = before.state
    const { events } = scanPieces(after, Buffer.from('x\n'), () => Infinity)
    expect(events[0]?.time).toBe(SECOND)
    expect(scanPieces(new Scanner(ALL), Buffer.from('x\n'), () => Infinity).events[0]?.time).toBeNaN()
    expect(NO_STATE.skipping).toBe(false)
  })

  it('are rejected with the reason of the program that got furthest', () => {
    const { rejections } = scan(ALL, `${ACCESS.slice(0, 60)}\n[Tue Oct 10 13:55:37.000000 2000] x\n`)
    // The first goes on nothing and is no header, so it is a message of its own.
    expect(rejections.map(rejection => explain(rejection, ALL))).toEqual([
      'column 33: expected "] [" after time'
    ])
  })
})

/** Length and flags of each line. */
const whole = (text: string): unknown => scan(ALL, text).events.map(({ length, flags }) => [length, flags])

describe('a record', () => {
  it('is as long as all its lines, ends like the last, and is canonical only with a plain end within', () => {
    const length = ERROR.length + 2
    expect(whole(`${ERROR}\nx\n`)).toEqual([[length, 0]])
    expect(whole(`${ERROR}\nx`)).toEqual([[length, Flag.unterminated]])
    expect(whole(`${ERROR}\nx\r\n`)).toEqual([[length, Flag.carriageReturn]])
    expect(whole(`${ERROR}\r\nx\n`)).toEqual([[length + 1, Flag.notCanonical]])
  })

  it('is held back while it may go on', () => {
    const scanner = new Scanner(ALL, { zone: 'UTC' })
    const put = (text: string): void => {
      scanner.input().set(Buffer.from(text))
      scanner.filled(text.length)
    }
    put(`${ACCESS}\n${ERROR}\n`)
    expect(scanner.scan()).toMatchObject({ consumed: ACCESS.length + 1, held: true, more: false })
    put('  at a\n')
    expect(scanner.scan()).toMatchObject({ consumed: 0, held: true })
    const settled = scanner.scan({ settled: true })
    expect(settled).toMatchObject({ consumed: ERROR.length + 8, held: false })
    expect(settled.batches.map(({ rows }) => rows)).toEqual([0, 1, 0])
  })

  it('never is longer than a line may be', () => {
    const { events } = scan(ALL, `${ERROR}\n${'x'.repeat(30)}\n${'y'.repeat(30)}\n`, {
      maxLine: 90,
      chunk: 10
    })
    expect(eventsOf({ events, rejections: [] })).toEqual([
      [1, 'AH1: m', 'x'.repeat(30)],
      [2, 'y'.repeat(30), null]
    ])
  })
})

it('stops behind a directive line, which is no line', () => {
  const scanner = new Scanner([withDirectives])
  const text = `${ACCESS}\n#Fields: x\r\n${ACCESS}\n`
  scanner.input().set(Buffer.from(text))
  scanner.filled(text.length)
  const first = scanner.scan()
  expect(Buffer.from(first.directiveLine ?? []).toString()).toBe('#Fields: x')
  expect([first.batches[0]?.rows, first.rejected.length, first.more]).toEqual([1, 0, true])
  const second = scanner.scan()
  expect([second.batches[0]?.rows, second.directiveLine, second.more]).toEqual([1, undefined, false])
})

const LINES = [
  ACCESS,
  ERROR,
  `${ERROR}, referer: http://a/`,
  '  at frame',
  '#0 /var/www/x.php(12)',
  '',
  'AH00558: httpd: could not',
  '(98)Address already in use',
  '[broken',
  '[-] beat',
  '#directive',
  'x'.repeat(50),
  'y'.repeat(400),
  '-'
] as const

/** The reference leaves lines without a time without one. */
const plain = ({ events, rejections }: Result): unknown => ({
  events: events.map(({ time: _time, zone: _zone, ...event }) => event),
  rejections
})

it('reads several programs as the plain reference does, however the bytes are cut', () => {
  const random = seeded(11)
  const seen = { details: 0, bare: 0, rejected: 0 }
  for (let round = 0; round < 300; round++) {
    const programs = pick(random, [
      ALL,
      [error, bare],
      [error, PROGRAMS.common, bare],
      [error],
      [error, { ...bare, directivePrefix: '#' }]
    ] as const)
    const ends = ['\n', '\n', '\n', '\r\n'] as const
    const text = Array.from({ length: 60 }, () => pick(random, LINES) + pick(random, ends)).join('')
    const bytes = Buffer.from(random() < 0.5 ? text : text.slice(0, below(random, text.length)))
    const options = { maxLine: 80 + below(random, 300), maxRows: 2 + below(random, 50), zone: 'UTC' }
    const wanted = referenceScan(programs, bytes, { maxLine: options.maxLine })
    const scanner = new Scanner(programs, { ...options, chunk: 50 + below(random, 500) })
    const largest = 1 + below(random, 700)
    expect(plain(scanPieces(scanner, bytes, () => below(random, largest)))).toEqual(plain(wanted))
    scanner.reset()
    scanner.state = NO_STATE
    expect(plain(scanAgain(scanner, bytes))).toEqual(plain(wanted))
    seen.details += wanted.events.filter(({ fields }) => fields['details']).length
    seen.bare += wanted.events.filter(({ fields }) => !('level' in fields)).length
    seen.rejected += wanted.rejections.length
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(300)
})
