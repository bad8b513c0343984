import { DAY_MS, MINUTE, MINUTE_MS, toMillis, type Micros, type Millis } from '../core/time.ts'
import { zoneOffsets } from '../core/zone.ts'

const QUARTER = 15 * MINUTE
const MAX_QUARTERS = 4096

/**
 * The minutes that clocks of a zone are ahead of UTC, by what the clock shows (microseconds since 1970 as if it
 * were UTC). An hour that the clocks showed twice is taken as the first, one that they left out goes on by the
 * offset before it. Kept per quarter of an hour, since no zone in use since 1970 changes at another minute.
 * @param zone IANA name. @throws VisorError CONFIG for a name that is unknown.
 */
export function wallOffsets(zone: string): (wall: Micros) => number {
  if (zone === 'UTC') return () => 0
  const offsetAt = zoneOffsets(zone)
  const known = new Map<number, number>()
  let lastQuarter = NaN
  let lastOffset = 0
  return wall => {
    const quarter = Math.floor(wall / QUARTER)
    if (quarter === lastQuarter) return lastOffset
    let offset = known.get(quarter)
    if (offset === undefined) {
      if (known.size >= MAX_QUARTERS) known.clear()
      offset = offsetOfWall(toMillis(quarter * QUARTER), offsetAt)
      known.set(quarter, offset)
    }
    lastQuarter = quarter
    lastOffset = offset
    return offset
  }
}

function offsetOfWall(wall: Millis, offsetAt: (utc: Millis) => number): number {
  const before = offsetAt(wall - DAY_MS)
  const after = offsetAt(wall + DAY_MS)
  const holds = (offset: number): boolean => offsetAt(wall - offset * MINUTE_MS) === offset
  return before === after || holds(before) || !holds(after) ? before : after
}

/** The zone of this machine. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
