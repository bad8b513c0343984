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
type ClockPart = Exclude<TimePart, 'milli' | 'micro' | 'seconds' | 'millis' | 'micros'>

const TEXTS: Readonly<Record<ClockPart, (clock: WallClock) => string>> = {
  year: clock => padded(clock.year, 4),
  month: clock => padded(clock.month, 2),
  day: clock => padded(clock.day, 2),
  hour: clock => padded(clock.hour, 2),
  minute: clock => padded(clock.minute, 2),
  second: clock => padded(clock.second, 2),
  monthName: clock => MONTHS[clock.month - 1] ?? '',
  dayPadded: clock => String(clock.day).padStart(2),
  yearOfCentury: clock => padded(clock.year % 100, 2),
  monthFull: clock => FULL_MONTHS[clock.month - 1] ?? '',
  weekdayFull: clock => FULL_WEEKDAYS[clock.weekday] ?? '',
  hourPadded: clock => String(clock.hour).padStart(2),
  hour12: clock => padded(hour12(clock), 2),
  hour12Padded: clock => String(hour12(clock)).padStart(2),
  meridiem: clock => (clock.hour < 12 ? 'AM' : 'PM'),
  zoneColon: clock => zoneText(clock.zone, ':'),
  zulu: () => 'Z',
  weekdayFromMonday: clock => String(clock.weekday || 7),
  weekdayFromSunday: clock => String(clock.weekday),
  meridiemLower: clock => (clock.hour < 12 ? 'am' : 'pm'),
  weekdayName: clock => WEEKDAYS[clock.weekday] ?? '',
  dayOfYear: clock => padded(clock.dayOfYear, 3),
  zone: clock => zoneText(clock.zone)
}

export function partText(part: ClockPart, clock: WallClock): string {
  return TEXTS[part](clock)
}
