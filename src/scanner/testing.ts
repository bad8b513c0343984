/** What the scanner's tests share: programs, lines printed and mutated, and scans in pieces. */
import type { Batch, Rejection } from '../core/batch.ts'
import type { Program, Step, TimePart } from '../core/program.ts'
import type { ReferenceEvent } from './reference.ts'
import type { Scanner } from './scanner.ts'

/** A number in [0, 1), from a seed. */
export type Random = () => number

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[below(random, from.length)] ?? from[0]
}

const text = (field: string, until: string, quoted = false): Step => ({ op: 'text', field, until, quoted })
const number = (field: string, scale = 1): Step => ({ op: 'number', field, scale })
const literal = (value: string): Step => ({ op: 'literal', text: value })

const common: readonly Step[] = [
  text('client', ' '),
  literal(' '),
  text('ident', ' '),
  literal(' '),
  text('user', ' ['),
  literal(' ['),
  { op: 'clf', field: 'time' },
  literal('] "'),
  { op: 'request', until: '" ', quoted: true },
  literal('" '),
  number('status'),
  literal(' '),
  number('bytes')
]

/** Programs as the formats write them. */
export const PROGRAMS = {
  common: { zoned: true, steps: common },
  combined: {
    zoned: true,
    steps: [
      ...common,
      literal(' "'),
      text('referrer', '" "', true),
      literal('" "'),
      text('agent', '"', true),
      literal('"')
    ]
  },
  vhost: { zoned: true, steps: [text('vhost', ':'), literal(':'), number('port'), literal(' '), ...common] },
  error22: {
    zoned: false,
    steps: [
      literal('['),
      { op: 'ctime', field: 'time', fraction: 0 },
      literal('] ['),
      text('level', '] '),
      literal('] '),
      { op: 'group', steps: [literal('[client '), text('client', '] '), literal('] ')] },
      { op: 'text', field: 'message', until: ', referer: ', quoted: false, last: true },
      { op: 'group', steps: [literal(', referer: '), text('referrer', '')] }
    ]
  },
  error24: {
    zoned: false,
    steps: [
      literal('['),
      { op: 'ctime', field: 'time', fraction: 6 },
      literal('] ['),
      text('module', ':'),
      literal(':'),
      text('level', '] '),
      literal('] '),
      {
        op: 'group',
        steps: [
          literal('[pid '),
          number('pid'),
          { op: 'group', steps: [literal(':tid '), number('tid')] },
          literal('] ')
        ]
      },
      {
        op: 'group',
        steps: [
          literal('[client '),
          { op: 'address', field: 'client', port: 'client_port', until: '] ' },
          literal('] ')
        ]
      },
      { op: 'text', field: 'message', until: ', referer: ', quoted: false, last: true },
      { op: 'group', steps: [literal(', referer: '), text('referrer', '')] }
    ]
  }
} as const satisfies Record<string, Program>

const SETS: readonly [readonly TimePart[], ...(readonly TimePart[])[]] = [
  ['year', 'month', 'day', 'hour', 'minute', 'second', 'zone'],
  ['weekdayName', 'monthName', 'dayPadded', 'hour', 'minute', 'second', 'micro', 'year'],
  ['year', 'dayOfYear', 'hour', 'minute', 'milli', 'zone'],
  ['seconds', 'milli'],
  ['millis', 'zone'],
  ['micros'],
  ['year', 'month', 'day', 'seconds', 'micro', 'zone']
]

/** A program of random steps, with fields of unique names. */
export function randomProgram(random: Random): Program {
  const steps: Step[] = []
  let fields = 0
  const separator = (): string => pick(random, [' ', '"', '] ', ', ', ':', '" "', '|', ' - ', '=', '\\'])
  const step = (): Step[] => {
    const field = `field${fields++}`
    const until = separator()
    const quoted = random() < 0.4
    const last = random() < 0.2 ? { last: true } : {}
    const shape = below(random, 9)
    if (shape === 0) return [number(field, pick(random, [1, 1000, 1e6])), literal(until)]
    if (shape === 1) return [{ op: 'address', field, port: `${field}_port`, until }, literal(until)]
    if (shape === 2) return [literal(until), text(field, until, quoted), literal(until)]
    if (shape === 3) return [literal('?'), number(field), literal(until)]
    return [{ op: 'text', field, until, quoted, ...last }, literal(until)]
  }
  const times = (field: 'time' | 'time_end'): Step[] => {
    const shape = below(random, 4)
    if (shape === 0) return [{ op: 'clf', field }, literal(' ')]
    if (shape === 1) return [{ op: 'ctime', field, fraction: pick(random, [0, 3, 6]) }, literal(' ')]
    return pick(random, SETS).flatMap((part): Step[] => [
      { op: 'timepart', field, part },
      literal(separator())
    ])
  }
  const some = (least: number, most: number): Step[] =>
    Array.from({ length: least + below(random, most - least + 1) }, step).flat()
  steps.push(...some(0, 2), ...(random() < 0.8 ? times('time') : []), ...some(0, 1))
  if (random() < 0.4) steps.push({ op: 'request', until: '" ', quoted: true }, literal('" '))
  else if (random() < 0.4) steps.push({ op: 'target', until: ' ', quoted: false }, literal(' '))
  if (random() < 0.5) {
    const inner =
      random() < 0.5 ? [{ op: 'group' as const, steps: [literal(separator()), ...some(0, 1)] }] : []
    const ended = random() < 0.3 ? times('time_end') : []
    steps.push({
      op: 'group',
      steps: [literal(separator()), ...some(0, 1), ...inner, ...ended, ...some(0, 1)]
    })
  } else if (random() < 0.3) steps.push(...times('time_end'))
  steps.push(...some(0, 2))
  if (random() < 0.7) steps.push({ op: 'text', field: 'rest', until: '', quoted: random() < 0.5 })
  return { steps, zoned: true }
}

const WORDS = [
  '-',
  '',
  'a',
  'GET /index.html HTTP/1.1',
  'GET /a?b=c?d HTTP/2',
  'POST / x',
  'GET  HTTP/1.0',
  '- - HTTP/1.1',
  'GET /?- HTTP/1.0',
  'GET -?a',
  'M-SEARCH * HTTP/1.1',
  '/path?query',
  '?',
  '-?-',
  '1.2.3.4:80',
  '::1:443',
  'host:007',
  '-:80',
  'a\\"b\\\\',
  '\\x41\\',
  'é€',
  '\0\x01\x7f',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'
] as const

const DIGITS = [
  '0',
  '-',
  '-0',
  '7',
  '007',
  '-12',
  '200',
  '404',
  '999999999999999',
  '1000000000000000',
  'x'
] as const
const CLFS = [
  '10/Oct/2000:13:55:36 -0700',
  '29/Feb/2024:23:59:60 +0000',
  '29/Feb/2023:23:59:59 +0000',
  ' 7/Jan/1970:00:00:00 -0000',
  '31/Dec/9999:23:59:59 +1459',
  '01/Jan/0000:00:00:00 +1500',
  '01/Jab/2000:00:00:00 +0100',
  '01/Jan/2000:24:00:00 +0100'
] as const
const CTIMES = [
  'Tue Oct 10 13:55:36 2000',
  'Mon Oct 10 13:55:36.123 2000',
  'Tue Oct 10 13:55:36.123456 2000',
  'Wed Oct  4 13:55:60.12 2000',
  'Wed Oct  4 13:55:01.000001 2000',
  'Fri Dec 31 23:59:59.999999 9999'
] as const
const PARTS: Record<TimePart, readonly [string, ...string[]]> = {
  year: ['2000', '1969', '0000', '9999', '20x0'],
  month: ['01', '12', '10', '13', '00'],
  monthName: ['Jan', 'Oct', 'oct'],
  day: ['01', '10', '31', ' 7', '00', '32'],
  dayPadded: [' 1', '10', '31', '07', ' 0'],
  hour: ['00', '13', '23', '24', ' 1'],
  minute: ['00', '55', '60'],
  second: ['00', '36', '60', '61'],
  weekdayName: ['Tue', 'Sat', 'tue'],
  milli: ['000', '123', '12x'],
  micro: ['000000', '123456', '12345'],
  zone: ['-0700', '+0000', '-0000', '+1459', '+1500', '0100'],
  dayOfYear: ['001', '365', '366', '367', '000'],
  seconds: ['0', '971186136', '0971186136', '9007199254', '9007199255', '99999999999999999999'],
  millis: ['0', '971186136123', '9007199254740', '9007199254741'],
  micros: ['0', '971186136123456', '9007199254740992', '9007199254740993', '09007199254740992']
}

/** A line that a program may have been meant for: mostly right, in places odd or wrong. Text as latin1. */
export function randomLine(steps: readonly Step[], random: Random): string {
  const latin1 = (value: string): string => Buffer.from(value).toString('latin1')
  return steps
    .map(step => {
      switch (step.op) {
        case 'literal':
          return latin1(step.text)
        case 'group':
          return random() < 0.5 ? randomLine(step.steps, random) : ''
        case 'number':
          return pick(random, DIGITS)
        case 'clf':
          return pick(random, CLFS)
        case 'ctime':
          return pick(random, CTIMES)
        case 'timepart':
          return random() < 0.7 ? PARTS[step.part][0] : pick(random, PARTS[step.part])
        default:
          return latin1(random() < 0.8 ? pick(random, WORDS) : `v${below(random, 1000)}`)
      }
    })
    .join('')
}

const ODD = [
  '"',
  '\\',
  '[',
  ']',
  ' ',
  '-',
  '\0',
  '\r',
  '\n',
  '\r\n',
  ':',
  '?',
  '0',
  '\xff',
  ', referer: '
] as const

/** A line with some of its bytes flipped, deleted, inserted, doubled, or cut off. */
export function mutate(line: string, random: Random): string {
  const at = below(random, line.length + 1)
  const rest = line.slice(at)
  switch (below(random, 6)) {
    case 0:
      return line.slice(0, at) + pick(random, ODD) + rest.slice(1)
    case 1:
      return line.slice(0, at) + rest.slice(1 + below(random, 3))
    case 2:
      return line.slice(0, at) + pick(random, ODD) + rest
    case 3:
      return line.slice(0, at) + rest.slice(0, 5) + rest
    case 4:
      return line.slice(0, at)
    default:
      return line.slice(0, at) + String.fromCharCode(below(random, 256)) + rest.slice(1)
  }
}

/** What a scan brought, with positions in the whole input. */
export interface Result {
  readonly events: ReferenceEvent[]
  readonly rejections: Rejection[]
}

/** Scans bytes that come in pieces of the sizes that `next` gives, as bulk reading does. */
export function scanPieces(scanner: Scanner, bytes: Uint8Array, next: () => number): Result {
  const result: Result = { events: [], rejections: [] }
  let at = 0
  let base = 0
  const drain = (final: boolean): void => {
    let more = true
    while (more) {
      const scan = scanner.scan(final)
      collect(scan.batch, scan.rejected, base, result)
      base += scan.consumed
      more = scan.more
    }
  }
  while (at < bytes.length) {
    const input = scanner.input()
    const piece = bytes.subarray(at, at + Math.min(input.length, Math.max(1, next())))
    input.set(piece)
    scanner.filled(piece.length)
    at += piece.length
    drain(false)
  }
  drain(true)
  return result
}

/** Scans bytes as a file stream does: what was not consumed is read again, into an empty buffer. */
export function scanAgain(scanner: Scanner, bytes: Uint8Array): Result {
  const result: Result = { events: [], rejections: [] }
  let at = 0
  while (at < bytes.length) {
    scanner.reset()
    const input = scanner.input()
    const piece = bytes.subarray(at, at + input.length)
    input.set(piece)
    scanner.filled(piece.length)
    let more = true
    while (more) {
      const scan = scanner.scan(at + piece.length === bytes.length)
      collect(scan.batch, scan.rejected, at, result)
      at += scan.consumed
      more = scan.more
    }
  }
  return result
}

function collect(batch: Batch, rejected: readonly Rejection[], base: number, into: Result): void {
  into.rejections.push(...rejected.map(rejection => ({ ...rejection, start: rejection.start + base })))
  for (let row = 0; row < batch.rows; row++) {
    const fields: Record<string, string | number | null> = {}
    for (const [name, column] of batch.columns) {
      const value = (column.type === 'text' ? column.codes[row] : column.values[row]) ?? NaN
      const absent = column.type === 'text' ? value === 0 : Number.isNaN(value)
      fields[name] = absent ? null : column.type === 'number' ? value : latin1(column.dictionary.bytes(value))
    }
    into.events.push({
      start: base + (batch.start[row] ?? NaN),
      length: batch.length[row] ?? NaN,
      flags: batch.flags[row] ?? NaN,
      time: batch.time[row] ?? NaN,
      zone: batch.zone[row] ?? NaN,
      fields
    })
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
