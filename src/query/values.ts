/** What values of number fields may look like; each gives the numbers that it stands for, or `undefined`. */
import { isDuration } from '../core/fields.ts'
import { DAY, HOUR, MILLISECOND, MINUTE, SECOND, toMicros, type Micros } from '../core/time.ts'
import type { RangeTest } from './query.ts'

/** From one number up to another that is no part of it, or just one number. */
export interface Span {
  readonly from: number
  /** The first number behind it; `undefined` when it is just `from`. */
  readonly to: number | undefined
}

const SIZES: readonly string[] = ['bytes', 'bytes_in', 'bytes_out', 'bytes_total']
const TIMES: readonly string[] = ['time', 'time_end']

const DURATIONS: Readonly<Record<string, Micros>> = {
  us: 1,
  µs: 1,
  ms: MILLISECOND,
  s: SECOND,
  '': SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR
}
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30
}

/** The numbers that a value of a field stands for: those of a whole day for a date, of `5xx` for 500 to 599. */
export function spanOf(field: string, text: string): Span | undefined {
  if (TIMES.includes(field)) return timeSpan(text)
  const digits = /^([0-9]+)(x+)$/i.exec(text)
  if (digits) {
    const unit = 10 ** (digits[2]?.length ?? 0)
    const from = finite(Number(digits[1]) * unit)
    return { from, to: finite(from + unit) }
  }
  const [, number, unit = ''] =
    /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([a-zµ]*)$/i.exec(text) ?? []
  if (number === undefined) return undefined
  const units = isDuration(field) ? DURATIONS : SIZES.includes(field) ? BYTES : { '': 1 }
  const scale = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  if (scale === undefined) return undefined
  const value = finite(Number(number) * scale)
  // Inside, durations are whole microseconds: 0.1 s is not 100000.00000000001.
  return { from: scale === 1 ? value : Math.round(value), to: undefined }
}

/** No line has a number as large as the largest: what is written larger may as well be that. */
function finite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))
}

const TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6}))?)?)?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?$/i

/** The day, hour, minute, second or fraction that ISO 8601 names; in UTC where it names no zone. */
function timeSpan(text: string): Span | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction, zone = 'Z'] =
    match
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset.toUpperCase()}`)
  const known = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  if (Number.isNaN(ms) || known.getUTCDate() !== Number(day)) return undefined
  const from = toMicros(ms) + Number((fraction ?? '').padEnd(6, '0'))
  if (fraction !== undefined) {
    return { from, to: fraction.length === 6 ? undefined : from + 10 ** (6 - fraction.length) }
  }
  const unit =
    match[6] !== undefined ? SECOND : match[5] !== undefined ? MINUTE : match[4] !== undefined ? HOUR : DAY
  return { from, to: from + unit }
}

/** What a value may look like, for an error message. */
export function exampleOf(field: string): string {
  if (TIMES.includes(field)) return '`2015-05-17`, `2015-05-17T10:00:00Z`'
  if (isDuration(field)) return '`1.5`, `250ms`'
  return SIZES.includes(field) ? '`5000`, `10kB`, `1MiB`' : '`404`, `5xx`'
}

/** The range of numbers that stand in a relation to those of a span. */
export function rangeOf(relation: '=' | '>' | '>=' | '<' | '<=', { from, to }: Span): RangeTest {
  const range = { is: 'range', min: undefined, max: undefined, openMin: false, openMax: false } as const
  switch (relation) {
    case '>':
      return to === undefined ? { ...range, min: from, openMin: true } : { ...range, min: to }
    case '>=':
      return { ...range, min: from }
    case '<':
      return { ...range, max: from, openMax: true }
    case '<=':
      return to === undefined ? { ...range, max: from } : { ...range, max: to, openMax: true }
    default:
      return { ...range, min: from, max: to ?? from, openMax: to !== undefined }
  }
}

/** Whether a number lies in a range. NaN lies in none. */
export function inRange({ min, max, openMin, openMax }: RangeTest, value: number): boolean {
  if (min !== undefined && !(openMin ? value > min : value >= min)) return false
  if (max !== undefined && !(openMax ? value < max : value <= max)) return false
  return !Number.isNaN(value)
}
