import type { Step, TimeField, TimePart } from '../core/program.ts'
import { TextProblem } from '../core/caret.ts'

/**
 * strftime's conversions as pieces of a time, or as a string of simpler ones (POSIX and GNU, in the C locale). Those that count weeks tell
 * nothing that a time is made of, and `%Z` is a name that can mean several zones.
 */
const CONVERSIONS: Readonly<Record<string, TimePart | { text: string } | { format: string }>> = {
  a: 'weekdayName',
  A: 'weekdayFull',
  b: 'monthName',
  B: 'monthFull',
  d: 'day',
  e: 'dayPadded',
  H: 'hour',
  I: 'hour12',
  k: 'hourPadded',
  l: 'hour12Padded',
  p: 'meridiem',
  P: 'meridiemLower',
  j: 'dayOfYear',
  m: 'month',
  M: 'minute',
  s: 'seconds',
  S: 'second',
  u: 'weekdayFromMonday',
  w: 'weekdayFromSunday',
  y: 'yearOfCentury',
  Y: 'year',
  z: 'zone',
  t: { text: '\t' },
  '%': { text: '%' },
  c: { format: '%a %b %e %H:%M:%S %Y' },
  D: { format: '%m/%d/%y' },
  F: { format: '%Y-%m-%d' },
  h: { format: '%b' },
  r: { format: '%I:%M:%S %p' },
  R: { format: '%H:%M' },
  T: { format: '%H:%M:%S' },
  x: { format: '%m/%d/%y' },
  X: { format: '%H:%M:%S' }
}

/** Letters that Visor reads in `%{format}t`, for the documentation. */
export const STRFTIME_LETTERS: readonly string[] = Object.keys(CONVERSIONS)

const SPECIAL: Readonly<Record<string, TimePart>> = {
  sec: 'seconds',
  msec: 'millis',
  usec: 'micros',
  msec_frac: 'milli',
  usec_frac: 'micro'
}

/** A time directive: which timestamp it gives, and the steps that read it (their `field` is that timestamp). */
export interface TimeDirective {
  readonly field: TimeField
  readonly steps: readonly Step[]
}

/** `%t` of a LogFormat with its argument: `begin:` or `end:`, then a name of SPECIAL or a strftime format. */
export function accessTime(argument: string, at: number): TimeDirective {
  const timestamp = /^(?:begin|end)(?::|$)/.exec(argument)?.[0] ?? ''
  const field = timestamp.startsWith('end') ? 'time_end' : 'time'
  const format = argument.slice(timestamp.length)
  const special = SPECIAL[format]
  if (special) return { field, steps: [{ op: 'timepart', field, part: special }] }
  if (format !== '') return { field, steps: strftimeSteps(format, field, at + argument.indexOf(format)) }
  return {
    field,
    steps: [
      { op: 'literal', text: '[' },
      { op: 'clf', field },
      { op: 'literal', text: ']' }
    ]
  }
}

/** `%t` of an ErrorLogFormat (server/log.c, log_ctime): `u` microseconds, `c` compact, `z` zone, or strftime. */
export function errorTime(argument: string, at: number): TimeDirective {
  const field = 'time'
  if (argument.startsWith('%')) return { field, steps: strftimeSteps(argument, field, at) }
  const unknown = argument.search(/[^ucz]/)
  if (unknown >= 0) throw new TextProblem('The options of %t are c, u and z.', at + unknown)
  const fraction = argument.includes('u')
  if (!argument.includes('c')) return { field, steps: [{ op: 'ctime', field, fraction: fraction ? 6 : 0 }] }
  const steps = strftimeSteps('%F %T', field, at)
  if (fraction) steps.push({ op: 'literal', text: '.' }, { op: 'timepart', field, part: 'micro' })
  if (argument.includes('z')) {
    steps.push({ op: 'literal', text: ' ' }, { op: 'timepart', field, part: 'zone' })
  }
  return { field, steps }
}

/** What `[10/Oct/2000:13:55:36 -0700]` is made of, for a format that gives more of the same time elsewhere. */
export function clfParts(field: TimeField): Step[] {
  return strftimeSteps('%d/%b/%Y:%T %z', field, 0)
}

/** What a strftime format reads. `at` is where it stands in the string. @throws TextProblem */
export function strftimeSteps(format: string, field: TimeField, at: number): Step[] {
  const steps: Step[] = []
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      steps.push(literalAt(format, i, field))
      continue
    }
    const letter = format[++i] ?? ''
    const meaning = Object.hasOwn(CONVERSIONS, letter) ? CONVERSIONS[letter] : undefined
    if (meaning === undefined) {
      const known = STRFTIME_LETTERS.join(' ')
      throw new TextProblem(`The time conversion %${letter} cannot be read; known are ${known}.`, at + i - 1)
    }
    if (typeof meaning === 'string') steps.push({ op: 'timepart', field, part: meaning })
    else if ('text' in meaning) steps.push({ op: 'literal', text: meaning.text })
    else steps.push(...strftimeSteps(meaning.format, field, at + i - 1))
  }
  return steps
}

/** Fixed text; a `Z` right behind the time of day stands for UTC (ISO 8601). */
function literalAt(format: string, i: number, field: TimeField): Step {
  if (format[i] === 'Z' && /%[STR]$/.test(format.slice(0, i))) return { op: 'timepart', field, part: 'zulu' }
  return { op: 'literal', text: format[i] ?? '' }
}

type Piece =
  | 'year'
  | 'month'
  | 'day'
  | 'weekday'
  | 'hour'
  | 'meridiem'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'zone'

const CIVIL: readonly Piece[] = ['year', 'month', 'day', 'hour', 'minute', 'second']
const PIECES: Readonly<Record<TimePart, readonly Piece[]>> = {
  year: ['year'],
  month: ['month'],
  monthName: ['month'],
  day: ['day'],
  dayPadded: ['day'],
  dayOfYear: ['month', 'day'],
  hour: ['hour'],
  minute: ['minute'],
  second: ['second'],
  weekdayName: ['weekday'],
  milli: ['fraction'],
  micro: ['fraction'],
  zone: ['zone'],
  seconds: CIVIL,
  millis: [...CIVIL, 'fraction'],
  micros: [...CIVIL, 'fraction'],
  yearOfCentury: ['year'],
  monthFull: ['month'],
  weekdayFull: ['weekday'],
  hourPadded: ['hour'],
  hour12: ['hour'],
  hour12Padded: ['hour'],
  meridiem: ['meridiem'],
  zoneColon: ['zone'],
  zulu: ['zone'],
  weekdayFromMonday: ['weekday'],
  weekdayFromSunday: ['weekday'],
  meridiemLower: ['meridiem']
}

/** What steps give of a time: no piece may be given twice, and year, month and day are needed for a date. */
export function timePieces(steps: readonly Step[]): Piece[] {
  return steps.flatMap((step): readonly Piece[] => {
    if (step.op === 'timepart') return PIECES[step.part]
    if (step.op === 'clf') return [...CIVIL, 'zone']
    if (step.op === 'ctime') return [...CIVIL, 'weekday', 'fraction']
    return []
  })
}

/** Whether steps give the zone, or the time since 1970, which needs none. */
export function isZoned(steps: readonly Step[]): boolean {
  return steps.some(
    step =>
      step.op === 'clf' ||
      (step.op === 'timepart' &&
        ['zone', 'zoneColon', 'zulu', 'seconds', 'millis', 'micros'].includes(step.part))
  )
}
