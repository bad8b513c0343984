/** The plain way to write a line out of what the scanner read of it. */
import type { Step, TimePart } from '../../core/program.ts'
import type { ReferenceEvent } from './reference-scan.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

type Values = Pick<ReferenceEvent, 'time' | 'zone' | 'fields'>

/** The line, one character a byte. A group is written when the fields that it fills itself are all there. */
export function printSteps(steps: readonly Step[], values: Values): string {
  return steps.map(step => printStep(step, values)).join('')
}

function printStep(step: Step, values: Values): string {
  const { fields } = values
  const of = (name: string): string => String(fields[name] ?? '-')
  switch (step.op) {
    case 'literal':
      return Buffer.from(step.text).toString('latin1')
    case 'text':
      return of(step.field)
    case 'number': {
      const value = Number(fields[step.field]) / step.scale
      if (fields[step.field] === null) return '-'
      return step.decimals === undefined ? String(value) : value.toFixed(step.decimals)
    }
    case 'chain':
      return fields[step.rest] === null ? of(step.field) : `${of(step.field)}, ${of(step.rest)}`
    case 'address':
      return fields[step.port] === null ? of(step.field) : `${of(step.field)}:${of(step.port)}`
    case 'target':
      return target(values)
    case 'request':
      if (fields['method'] === null) return of('request')
      return `${of('method')} ${target(values)}${fields['protocol'] === null ? '' : ` ${of('protocol')}`}`
    case 'group':
      return isThere(step.steps, values) ? printSteps(step.steps, values) : ''
    case 'clf':
      return printTime('day/monthName/year:hour:minute:second zone', step.field, values)
    case 'ctime': {
      const fraction = { 0: '', 3: '.milli', 6: '.micro' }[step.fraction]
      return printTime(`weekdayName monthName day hour:minute:second${fraction} year`, step.field, values)
    }
    case 'timepart':
      return printTime(step.part, step.field, values)
    default:
      throw new TypeError(`lines with ${step.op} are never canonical`)
  }
}

function target({ fields }: Values): string {
  return String(fields['path'] ?? '-') + (fields['query'] === null ? '' : `?${fields['query']}`)
}

function isThere(steps: readonly Step[], { fields }: Values): boolean {
  return steps.every(step => {
    if (step.op === 'text' || step.op === 'number' || step.op === 'address' || step.op === 'chain')
      return fields[step.field] !== null
    if (step.op === 'target') return fields['path'] !== null
    if (step.op === 'request') return fields['method'] !== null || fields['request'] !== null
    return !('field' in step) || step.field === 'time' || fields['time_end'] !== null
  })
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}

/** `pattern` with the names of timeparts put for their values. */
function printTime(pattern: string, field: 'time' | 'time_end', { time, zone, fields }: Values): string {
  const micros = field === 'time' ? time : Number(fields[field])
  const local = new Date(Math.floor(micros / 1000) + zone * 60_000)
  const micro = ((micros % 1e6) + 1e6) % 1e6
  const start = new Date(local)
  start.setUTCMonth(0, 1)
  const sign = zone < 0 ? '-' : '+'
  const minutes = Math.abs(zone)
  const parts: Record<TimePart, string> = {
    year: digits(local.getUTCFullYear(), 4),
    month: digits(local.getUTCMonth() + 1, 2),
    monthName: MONTHS[local.getUTCMonth()] ?? '',
    day: digits(local.getUTCDate(), 2),
    dayPadded: String(local.getUTCDate()).padStart(2),
    hour: digits(local.getUTCHours(), 2),
    minute: digits(local.getUTCMinutes(), 2),
    second: digits(local.getUTCSeconds(), 2),
    weekdayName: WEEKDAYS[local.getUTCDay()] ?? '',
    milli: digits(Math.floor(micro / 1000), 3),
    micro: digits(micro, 6),
    zone: sign + digits(Math.floor(minutes / 60), 2) + digits(minutes % 60, 2),
    dayOfYear: digits((local.getTime() - start.getTime()) / 86_400_000 + 1, 3),
    seconds: String(Math.floor(micros / 1e6)),
    millis: String(Math.floor(micros / 1000)),
    micros: String(micros),
    yearOfCentury: digits(local.getUTCFullYear() % 100, 2),
    monthFull: local.toLocaleString('en-US', { month: 'long', timeZone: 'UTC' }),
    weekdayFull: local.toLocaleString('en-US', { weekday: 'long', timeZone: 'UTC' }),
    hourPadded: String(local.getUTCHours()).padStart(2),
    hour12: digits(((local.getUTCHours() + 11) % 12) + 1, 2),
    hour12Padded: String(((local.getUTCHours() + 11) % 12) + 1).padStart(2),
    meridiem: local.getUTCHours() < 12 ? 'AM' : 'PM',
    zoneColon: `${sign}${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}`,
    zulu: 'Z',
    weekdayFromMonday: String(local.getUTCDay() || 7),
    weekdayFromSunday: String(local.getUTCDay()),
    meridiemLower: local.getUTCHours() < 12 ? 'am' : 'pm'
  }
  const values = new Map<string, string>(Object.entries(parts))
  return pattern.replace(/[a-z][A-Za-z0-9]*/g, name => values.get(name) ?? '')
}
