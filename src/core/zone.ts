import { DAY_MS, MINUTE_MS, type Millis } from './time.ts'
import { VisorError } from './errors.ts'

/**
 * The offset of a zone in minutes at a time.
 * @param zone IANA name. @throws VisorError CONFIG for a name that is unknown.
 */
export function zoneOffsets(zone: string): (utc: Millis) => number {
  if (zone === 'UTC') return () => 0
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch (error) {
    throw new VisorError('CONFIG', `unknown time zone ${JSON.stringify(zone)}`, { cause: error })
  }
  return utc => {
    const text = format.formatToParts(utc).find(part => part.type === 'timeZoneName')?.value ?? ''
    const match = /([+-])(\d\d):(\d\d)/.exec(text)
    if (!match) return 0
    const minutes = Number(match[2]) * 60 + Number(match[3])
    return match[1] === '-' ? -minutes : minutes
  }
}

/** Whether there is a zone of that name. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * The time at which the clock of a zone shows `local`, which is written as if it were UTC: the first where it shows it twice, and
 * where it is skipped the time after as long a while.
 * @param offset of the zone: `zoneOffsets`
 */
export function timeAtClock(local: Millis, offset: (utc: Millis) => number): Millis {
  const [before, after] = [offset(local - DAY_MS), offset(local + DAY_MS)].map(
    minutes => local - minutes * MINUTE_MS
  )
  const shows = [before!, after!].filter(time => time + offset(time) * MINUTE_MS === local)
  return Math.min(...(shows.length > 0 ? shows : [before!]))
}

/** The zone of this machine's clock. One that never differs from UTC is told without Intl, of which the first use takes 40 ms. */
export function machineZone(): string {
  const isUtc = Array.from({ length: 12 * 60 }, (_, month) => new Date(1980, month, 1)).every(
    day => day.getTimezoneOffset() === 0
  )
  return isUtc ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** A span in which a zone is as far from UTC. */
export interface ZoneSpan {
  /** Of the first `-Infinity`. */
  readonly from: Millis
  /** Minutes east of UTC. */
  readonly minutes: number
}

/** How far a zone is from UTC between two times, ascending; it changes at whole minutes. */
export function offsetSpans(zone: string, from: Millis, to: Millis): ZoneSpan[] {
  const offset = zoneOffsets(zone)
  const spans: ZoneSpan[] = [{ from: -Infinity, minutes: offset(from) }]
  for (let time = from; time < to;) {
    // No zone changes twice within so short a time.
    const next = Math.min(time + 7 * DAY_MS, to)
    if (offset(next) !== offset(time))
      spans.push({ from: changeBetween(time, next, offset), minutes: offset(next) })
    time = next
  }
  return spans
}

/** The minute with which another offset begins. */
function changeBetween(from: Millis, to: Millis, offset: (utc: Millis) => number): Millis {
  const before = offset(from)
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offset(middle * MINUTE_MS) === before) low = middle
    else high = middle
  }
  return high * MINUTE_MS
}
