/** Random lines, and what can happen to them. */
import type { Step, TimePart } from '../../core/program.ts'
import { randomObject } from './json.ts'
import { below, pick, type Random } from './random.ts'

const WORDS = [
  '-',
  '',
  'a',
  'GET /index.html HTTP/1.1',
  'GET /a?b=c?d HTTP/2',
  'POST / x',
  'GET  HTTP/1.0',
  '- - HTTP/1.1',
  'GET / HTTP/.1',
  'GET / HTTP/1.1.1',
  'GET /HTTP/1.1 HTTP/11.12',
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
const DECIMALS = [
  ...DIGITS,
  '0.000',
  '0.123',
  '-0.000',
  '-1.5',
  '12.34',
  '1.',
  '.5',
  '00.100',
  '0.1234567',
  '123456789012.3456',
  '1.2.3'
] as const
const CHAINS = ['10.0.0.1', '10.0.0.1, ::1', 'a, b, c', 'a,b', '-, b', 'a, -', 'a, ', ',', '-', ''] as const
const CLFS = [
  '10/Oct/2000:13:55:36 -0700',
  '29/Feb/2024:23:59:60 +0000',
  '29/Feb/2023:23:59:59 +0000',
  ' 7/Jan/1970:00:00:00 -0000',
  '31/Dec/9999:23:59:59 +1459',
  '01/Jan/0000:00:00:00 +1500',
  '01/Jab/2000:00:00:00 +0100',
  '01/Jan/2000:24:00:00 +0100',
  '01/Jan/2000:23:59:61 +0100',
  '\0\0\0\0\0\0\0\0\0\0\0\x0023:59:59 +0100'
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
  yearOfCentury: ['00', '68', '69', '99', 'x0'],
  monthFull: ['October', 'May', 'January', 'Octobe', 'Oct'],
  weekdayFull: ['Tuesday', 'Wednesday', 'Saturday', 'Tue', 'Tuesda'],
  hourPadded: [' 7', '13', '07', '24', '  '],
  hour12: ['07', '12', '00', '13'],
  hour12Padded: [' 7', '12', '07', ' 0', '13'],
  meridiem: ['AM', 'PM', 'am', 'XM'],
  zoneColon: ['-07:00', '+00:00', '-00:00', 'Z', '+14:59', '+15:00', '+0100'],
  zulu: ['Z', 'z', ''],
  weekdayFromMonday: ['2', '7', '0', '8', 'x'],
  weekdayFromSunday: ['2', '0', '7', 'x'],
  meridiemLower: ['am', 'pm', 'AM', 'xm'],
  micros: ['0', '971186136123456', '9007199254740992', '9007199254740993', '09007199254740992']
}

/** A line that a program may have been meant for: mostly right, in places odd or wrong. Text as latin1. */
export function randomLine(steps: readonly Step[], random: Random): string {
  return steps
    .map(step => {
      switch (step.op) {
        case 'literal':
          return latin1(step.text)
        case 'json':
          return randomObject(step, random)
        case 'group':
          return random() < 0.5 ? randomLine(step.steps, random) : ''
        case 'number':
          return pick(random, step.decimals === undefined ? DIGITS : DECIMALS)
        case 'chain':
          return latin1(pick(random, CHAINS))
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

function latin1(value: string): string {
  return Buffer.from(value).toString('latin1')
}
