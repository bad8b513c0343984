import { windowsIn } from '../core/steps.ts'
import { toMicros, type Micros, type Millis } from '../core/time.ts'
import { timeAtClock, zoneOffsets } from '../core/zone.ts'

const LOCAL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?$/

/**
 * A time as people write it: of the zone where it names none; a day is its first moment. `undefined` for what is none.
 * @param zone IANA name
 */
export function timeOf(text: string, zone: string, now: Millis): Micros | undefined {
  if (text === 'now') return toMicros(now)
  if (text === 'today' || text === 'yesterday') {
    const day = windowsIn('day', zone)
    const today = day(toMicros(now)).from
    return text === 'today' ? today : day(today - 1).from
  }
  const [, date, clock = '00:00'] = LOCAL.exec(text) ?? []
  if (date === undefined) return parsed(text)
  const local = Date.parse(`${date}T${clock}Z`)
  // Of months with fewer days it would be one of the next.
  const isReal = !Number.isNaN(local) && new Date(local).toISOString().startsWith(date)
  return isReal ? toMicros(timeAtClock(local, zoneOffsets(zone))) : undefined
}

function parsed(text: string): Micros | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : toMicros(time)
}
