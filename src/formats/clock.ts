import { FULL_MONTHS, FULL_WEEKDAYS, MONTHS, WEEKDAYS } from '../core/calendar.ts'
import { DAY_MS, SECOND_MS } from '../core/time.ts'
import type { TimePart } from '../core/program.ts'

/** A timestamp as clocks and calendars show it (Gregorian), in the zone it is written with. */
export interface WallClock {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** 1 to 366. */
  readonly dayOfYear: number
  readonly zone: number
}

/** The clock at `second` seconds since 1970 UTC, `zone` minutes east of it. */
export function clockAt(second: number, zone: number): WallClock {
  const local = new Date((second + zone * 60) * SECOND_MS)
  const year = local.getUTCFullYear()
  return {
    year,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - Date.UTC(year, 0)) / DAY_MS) + 1,
    zone
  }
}

/** Decimal digits with zeros in front up to `width`. */
export function padded(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** `-0700` for -420, or `-07:00`. */
function zoneText(zone: number, colon = ''): string {
  const minutes = Math.abs(zone)
  return `${zone < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${colon}${padded(minutes % 60, 2)}`
}

/** `10/Oct/2000:13:55:36 -0700` */
export function clfText(clock: WallClock): string {
  return `${partText('day', clock)}/${partText('monthName', clock)}/${partText('year', clock)}:${timeOfDay(clock)} ${zoneText(clock.zone)}`
}

/** `Tue Oct 10 13:55:36 2000` cut where a fraction stands: `Tue Oct 10 13:55:36` and ` 2000`. */
export function ctimeText(clock: WallClock): [before: string, after: string] {
  const date = `${partText('weekdayName', clock)} ${partText('monthName', clock)} ${partText('day', clock)}`
  return [`${date} ${timeOfDay(clock)}`, ` ${partText('year', clock)}`]
}

/** 12 for midnight and noon. */
function hour12({ hour }: WallClock): number {
  return ((hour + 11) % 12) + 1
}

function timeOfDay(clock: WallClock): string {
  return `${padded(clock.hour, 2)}:${padded(clock.minute, 2)}:${padded(clock.second, 2)}`
}

/** Pieces that are the same for a whole second. */
export type ClockPart = Exclude<TimePart, 'milli' | 'micro' | 'seconds' | 'millis' | 'micros'>

export function partText(part: ClockPart, clock: WallClock): string {
  switch (part) {
    case 'year':
      return padded(clock.year, 4)
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
    case 'second':
      return padded(clock[part], 2)
    case 'monthName':
      return MONTHS[clock.month - 1] ?? ''
    case 'dayPadded':
      return String(clock.day).padStart(2)
    case 'yearOfCentury':
      return padded(clock.year % 100, 2)
    case 'monthFull':
      return FULL_MONTHS[clock.month - 1] ?? ''
    case 'weekdayFull':
      return FULL_WEEKDAYS[clock.weekday] ?? ''
    case 'hourPadded':
      return String(clock.hour).padStart(2)
    case 'hour12':
      return padded(hour12(clock), 2)
    case 'hour12Padded':
      return String(hour12(clock)).padStart(2)
    case 'meridiem':
      return clock.hour < 12 ? 'AM' : 'PM'
    case 'zoneColon':
      return zoneText(clock.zone, ':')
    case 'zulu':
      return 'Z'
    case 'weekdayFromMonday':
      return String(clock.weekday || 7)
    case 'weekdayFromSunday':
      return String(clock.weekday)
    case 'meridiemLower':
      return clock.hour < 12 ? 'am' : 'pm'
    case 'weekdayName':
      return WEEKDAYS[clock.weekday] ?? ''
    case 'dayOfYear':
      return padded(clock.dayOfYear, 3)
    default:
      return zoneText(clock.zone)
  }
}
