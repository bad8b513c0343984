import * as z from 'zod'
import { DAY_MS, MINUTE_MS, type Millis } from '../core/time.ts'
import { zoneOffsets } from '../core/zone.ts'
import { zoneSetting } from '../settings/zone.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const MINUTES_PER_DAY = DAY_MS / MINUTE_MS

/** Hours of some days of the week, by the clock on the wall of a zone. */
export const hoursOptions = z.strictObject({
  at: z
    .string()
    .regex(
      /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
      'expected hours such as "08:00-18:00"'
    )
    .default('00:00-24:00')
    .describe('From when to when; over midnight where the first is the later one.'),
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .default([...DAYS])
    .describe('On which days these hours begin.'),
  zone: zoneSetting("The zone; the machine's when absent.").optional()
})

export type Hours = z.output<typeof hoursOptions>

/** Whether a time lies within the hours. */
export function isWithin({ at, days, zone }: Hours, time: Millis): boolean {
  const [from = 0, to = MINUTES_PER_DAY] = at.split('-').map(minutesOf)
  const minutes = Math.floor(time / MINUTE_MS) + offsetAt(zone, time)
  const minute = minutes - Math.floor(minutes / MINUTES_PER_DAY) * MINUTES_PER_DAY
  const begins = (daysAgo: number): boolean =>
    days.includes(dayOf(Math.floor(minutes / MINUTES_PER_DAY) - daysAgo))
  if (from < to) return minute >= from && minute < to && begins(0)
  return (minute >= from && begins(0)) || (minute < to && begins(1))
}

/** When the hours end that a time lies within, to the minute; `undefined` where they do not within a week. */
export function endOf(hours: Hours, time: Millis): Millis | undefined {
  const [, to = MINUTES_PER_DAY] = hours.at.split('-').map(minutesOf)
  const minutes = Math.floor(time / MINUTE_MS) + offsetAt(hours.zone, time)
  const first = to - (minutes - Math.floor(minutes / MINUTES_PER_DAY) * MINUTES_PER_DAY)
  for (let days = first > 0 ? 0 : 1; days <= 8; days++) {
    const end = minutes + first + days * MINUTES_PER_DAY
    // Where the clock on the wall is changed on the way, that minute may be there twice, or never.
    const offsets = [time, (end - offsetAt(hours.zone, time)) * MINUTE_MS].map(at => offsetAt(hours.zone, at))
    const ends = offsets
      .map(offset => (end - offset) * MINUTE_MS)
      .filter(at => at > time && !isWithin(hours, at))
    let at = Math.min(...ends)
    while (ends.length > 0 && !isWithin(hours, at - MINUTE_MS)) at -= MINUTE_MS
    if (ends.length > 0) return at
  }
  return undefined
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** The day of the week of a day counted from 1970-01-01, a Thursday. */
function dayOf(day: number): (typeof DAYS)[number] {
  return DAYS[(((day + 3) % 7) + 7) % 7] ?? 'mon'
}

const offsets = new Map<string, (time: Millis) => number>()

/** Minutes east of UTC. */
function offsetAt(zone: string | undefined, time: Millis): number {
  if (zone === undefined) return -new Date(time).getTimezoneOffset()
  const known = offsets.get(zone) ?? zoneOffsets(zone)
  offsets.set(zone, known)
  return known(time)
}
