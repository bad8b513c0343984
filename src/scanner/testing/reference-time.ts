/** The times of the reference: pieces are kept as they were read, and compared with how they would be printed. */
import { FULL_MONTHS, FULL_WEEKDAYS, MONTHS, WEEKDAYS } from '../../core/calendar.ts'
import type { TimestampStep, TimePart, TimeStep } from '../../core/program.ts'
import { type Timestamp, type Piece, type State, Stop } from './reference-state.ts'

const CLOCK = '([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)'
const ZONE = '([+-])(0[0-9]|1[0-4])([0-5][0-9])'
const CLF = new RegExp(`^([ 0-9][0-9])/(${MONTHS.join('|')})/([0-9]{4}):${CLOCK} ${ZONE}`)
const CTIME = new RegExp(
  `^(${WEEKDAYS.join('|')}) (${MONTHS.join('|')}) ([ 0-9][0-9]) ${CLOCK}(\\.[0-9]{3}|\\.[0-9]{6}|) ([0-9]{4})`
)

/** How each timepart is written, and which piece of the time it gives. */
const PARTS: Record<TimePart, readonly [Piece, RegExp]> = {
  year: ['year', /^[0-9]{4}/],
  month: ['month', /^(0[1-9]|1[0-2])/],
  monthName: ['month', new RegExp(`^(${MONTHS.join('|')})`)],
  day: ['day', /^( [1-9]|0[1-9]|[12][0-9]|3[01])/],
  dayPadded: ['day', /^( [1-9]|0[1-9]|[12][0-9]|3[01])/],
  hour: ['hour', /^([01][0-9]|2[0-3])/],
  minute: ['minute', /^[0-5][0-9]/],
  second: ['second', /^([0-5][0-9]|60)/],
  weekdayName: ['weekday', new RegExp(`^(${WEEKDAYS.join('|')})`)],
  milli: ['milli', /^[0-9]{3}/],
  micro: ['micro', /^[0-9]{6}/],
  zone: ['zone', new RegExp(`^${ZONE}`)],
  dayOfYear: ['dayOfYear', /^(0[0-9][1-9]|0[1-9]0|[12][0-9]{2}|3[0-5][0-9]|36[0-6])/],
  seconds: ['seconds', /^[0-9]+/],
  millis: ['millis', /^[0-9]+/],
  micros: ['micros', /^[0-9]+/],
  yearOfCentury: ['year', /^[0-9]{2}/],
  monthFull: ['month', new RegExp(`^(${FULL_MONTHS.join('|')})`)],
  weekdayFull: ['weekday', new RegExp(`^(${FULL_WEEKDAYS.join('|')})`)],
  hourPadded: ['hour', /^([ 01][0-9]|2[0-3])/],
  hour12: ['hour12', /^(0[1-9]|1[0-2])/],
  hour12Padded: ['hour12', /^([ 0][1-9]|1[0-2])/],
  meridiem: ['meridiem', /^[AP]M/],
  zoneColon: ['zone', /^(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])/],
  zulu: ['zone', /^Z/],
  weekdayFromMonday: ['weekday', /^[1-7]/],
  weekdayFromSunday: ['weekday', /^[0-6]/],
  meridiemLower: ['meridiem', /^[ap]m/]
}

/** Microseconds in the unit of the pieces that count from 1970. */
const EPOCH: Partial<Record<Piece, bigint>> = { seconds: 1_000_000n, millis: 1000n, micros: 1n }

/** The pieces that a step gives. */
export function stepPieces(step: TimeStep): readonly Piece[] {
  if (step.op === 'timepart') return [PARTS[step.part][0]]
  if (step.op === 'timestamp') return ['wall', 'zone', 'micro', 'micros']
  return step.op === 'clf' ? ['wall', 'zone'] : ['wall', 'weekday', 'micro']
}

/** Reads a time or a piece of one. @throws Stop */
export function readTime(step: TimeStep, index: number, state: State): void {
  const timestamp = state.times[step.field]
  const rest = state.line.slice(state.at)
  const give = (piece: Piece, value: bigint | number): void => {
    if ((timestamp.pieces.get(piece) ?? BigInt(value)) !== BigInt(value)) state.canonical = false
    timestamp.pieces.set(piece, BigInt(value))
  }
  if (step.op === 'timepart') {
    const [piece, pattern] = PARTS[step.part]
    if (piece === 'day' || piece === 'dayOfYear') timestamp.day = { at: state.at, step: index }
    const text = pattern.exec(rest)?.[0]
    const value = text === undefined ? undefined : valueOf(step.part, text)
    if (text === undefined || value === undefined) throw new Stop('time', state.at, index)
    give(piece, value)
    if (writtenOddly(step.part, text)) state.canonical = false
    state.at += text.length
    return
  }
  if (step.op === 'timestamp') {
    state.canonical = false
    if (rest.length === 26 && CLF.test(rest)) return readTime({ op: 'clf', field: step.field }, index, state)
    const pieces = timestampOf(rest, step)
    if (!pieces) throw new Stop('time', state.at, index)
    for (const [piece, value] of pieces) give(piece, value)
    state.at += rest.length
    return
  }
  const match = (step.op === 'clf' ? CLF : CTIME).exec(rest)
  if (!match) throw new Stop('time', state.at, index)
  const [all, ...groups] = match
  const [weekday, monthName = '', day = '', hour, minute, second, fraction = '', year] =
    step.op === 'ctime' ? groups : ['', groups[1], groups[0], ...groups.slice(3, 6), '', groups[2]]
  const days = daysOf(Number(year), MONTHS.indexOf(monthName) + 1, Number(day))
  if (days === undefined) throw new Stop('time', state.at, index)
  give('wall', days * 86400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second))
  if (day.startsWith(' ') || second === '60') state.canonical = false
  if (step.op === 'ctime') {
    give('weekday', WEEKDAYS.indexOf(weekday ?? ''))
    if (fraction !== '') give('micro', Number(fraction.slice(1).padEnd(6, '0')))
    if (Math.max(0, fraction.length - 1) !== step.fraction) state.canonical = false
  } else {
    const zone = groups.slice(6).join('')
    give('zone', valueOf('zone', zone) ?? 0n)
    if (zone === '-0000') state.canonical = false
  }
  state.at += all.length
}

const ISO = new RegExp(
  `^([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})[T ]${CLOCK}(?:[.,]([0-9]+))?(?: ?(Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?))?$`
)
const SINCE = /^([0-9]{1,19})(?:\.([0-9]+))?$/

/** What a timestamp gives; `undefined` where it is no time. */
function timestampOf(text: string, { since }: TimestampStep): [Piece, bigint][] | undefined {
  const iso = text.length >= 19 && text[4] === '-' ? ISO.exec(text) : undefined
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = iso
    const days = daysOf(Number(year), Number(month), Number(day))
    if (days === undefined) return undefined
    const wall = days * 86400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
    const minutes = valueOf('zone', zone === 'Z' ? zone : zone.replace(':', '').padEnd(5, '0')) ?? 0n
    return [
      ['wall', BigInt(wall)],
      ['micro', BigInt(fraction.slice(0, 6).padEnd(6, '0'))],
      ['zone', minutes]
    ]
  }
  const [, digits, fraction = ''] = SINCE.exec(text) ?? []
  if (digits === undefined) return undefined
  const value = BigInt(digits)
  const unit =
    since ?? (value < 10n ** 11n ? 's' : value < 10n ** 14n ? 'ms' : value < 10n ** 17n ? 'us' : 'ns')
  const places = { s: 6, ms: 3, us: 0, ns: 0 }[unit]
  if (value > (2n ** 53n / 10n ** BigInt(places)) * (unit === 'ns' ? 1000n : 1n)) return undefined
  const whole = unit === 'ns' ? value / 1000n : value * 10n ** BigInt(places)
  const micros = whole + BigInt(fraction.slice(0, places).padEnd(places, '0') || '0')
  return [
    ['micros', micros],
    ['zone', 0n]
  ]
}

/** A timepart's value; `undefined` for a timestamp that is too far away. */
function valueOf(part: TimePart, text: string): bigint | undefined {
  if (part === 'monthName') return BigInt(MONTHS.indexOf(text) + 1)
  if (part === 'weekdayName') return BigInt(WEEKDAYS.indexOf(text))
  if (part === 'monthFull') return BigInt(FULL_MONTHS.indexOf(text) + 1)
  if (part === 'weekdayFull') return BigInt(FULL_WEEKDAYS.indexOf(text))
  if (part === 'meridiem' || part === 'meridiemLower') return text.toUpperCase() === 'PM' ? 1n : 0n
  if (part === 'weekdayFromMonday') return BigInt(Number(text) % 7)
  if (part === 'yearOfCentury') return BigInt(Number(text) + (Number(text) < 69 ? 2000 : 1900))
  if (text === 'Z') return 0n
  if (part === 'zone' || part === 'zoneColon') {
    const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', ''))
    return BigInt(text.startsWith('-') ? -minutes : minutes)
  }
  const scale = EPOCH[PARTS[part][0]]
  const value = BigInt(text.trim())
  return scale !== undefined && (text.length > 16 || value * scale > 2n ** 53n) ? undefined : value
}

function writtenOddly(part: TimePart, text: string): boolean {
  if (part === 'day') return text.startsWith(' ')
  if (['dayPadded', 'hourPadded', 'hour12Padded'].includes(part)) return text.startsWith('0')
  if (part === 'zone') return text === '-0000'
  if (part === 'zoneColon') return text === '-00:00' || text === 'Z'
  return EPOCH[PARTS[part][0]] !== undefined && /^0./.test(text)
}

/** Days since 1970, `undefined` for a day that does not exist. */
function daysOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return day >= 1 && date.getUTCMonth() === month - 1 ? date.getTime() / 86_400_000 : undefined
}

/** Microseconds since 1970 out of what was given; `zone` in minutes where it was not. @throws Stop */
export function timeOf(timestamp: Timestamp, zone: number, state: State): bigint {
  const { pieces } = timestamp
  const micros = pieces.get('micros')
  if (micros !== undefined) return micros
  const millis = pieces.get('millis')
  if (millis !== undefined) return millis * 1000n
  const fraction = pieces.get('micro') ?? (pieces.get('milli') ?? 0n) * 1000n
  const seconds = pieces.get('seconds')
  if (seconds !== undefined) return seconds * 1_000_000n + fraction
  const wall = pieces.get('wall') ?? wallOf(timestamp, state)
  return (wall - (pieces.get('zone') ?? BigInt(zone)) * 60n) * 1_000_000n + fraction
}

function wallOf({ pieces, day }: Timestamp, state: State): bigint {
  const number = (piece: Piece): number => Number(pieces.get(piece) ?? 0)
  const byMonth = pieces.has('month') && pieces.has('day')
  if (!pieces.has('year') || !(byMonth || pieces.has('dayOfYear')))
    throw new Stop('time', state.line.length, -1)
  const first = daysOf(number('year'), 1, 1) ?? NaN
  const last = daysOf(number('year'), 12, 31) ?? NaN
  let days = first + number('dayOfYear') - 1 <= last ? first + number('dayOfYear') - 1 : undefined
  if (byMonth) days = daysOf(number('year'), number('month'), number('day'))
  if (days === undefined) throw new Stop('time', day.at, day.step)
  const by12 = (number('hour12') % 12) + number('meridiem') * 12
  const hour = pieces.has('hour') || !pieces.has('hour12') ? number('hour') : by12
  return BigInt(days * 86400 + hour * 3600 + number('minute') * 60 + number('second'))
}

function floorDivide(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b
}

/** Whether the time, printed with a zone, gives every piece back, and a number holds it exactly. */
export function isPrintedBack({ pieces }: Timestamp, micros: bigint, zone: number): boolean {
  const local = micros + BigInt(zone) * 60_000_000n
  const date = new Date(Number(floorDivide(local, 1000n)))
  const first = daysOf(date.getUTCFullYear(), 1, 1) ?? NaN
  const printed: Record<Piece, bigint | number> = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    hour12: ((date.getUTCHours() + 11) % 12) + 1,
    meridiem: date.getUTCHours() < 12 ? 0 : 1,
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    milli: date.getUTCMilliseconds(),
    micro: local - floorDivide(local, 1_000_000n) * 1_000_000n,
    zone,
    dayOfYear: Math.floor(date.getTime() / 86_400_000) - first + 1,
    seconds: floorDivide(micros, 1_000_000n),
    millis: floorDivide(micros, 1000n),
    micros,
    wall: floorDivide(local, 1_000_000n)
  }
  // Every number of the table above is an integer, given pieces are.
  return (
    BigInt(Number(micros)) === micros &&
    [...pieces].every(([piece, value]) => BigInt(printed[piece]) === value)
  )
}
