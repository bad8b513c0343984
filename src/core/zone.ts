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

/** The zone of this machine's clock. */
export function machineZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
