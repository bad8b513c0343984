import { DAY_MS } from '../core/time.ts'
import { zoneOffsets } from '../core/zone.ts'

const QUARTER = 900_000_000
const CACHED = 4096

/**
 * The minutes that clocks of a zone are ahead of UTC, by what the clock shows (microseconds since 1970 as if it
 * were UTC). An hour that the clocks showed twice is taken as the first, one that they left out goes on by the
 * offset before it. Kept per quarter of an hour, since no zone in use since 1970 changes at another minute.
 * @param zone IANA name. @throws VisorError CONFIG for a name that is unknown.
 */
export function wallOffsets(zone: string): (wall: number) => number {
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
      if (known.size >= CACHED) known.clear()
      offset = offsetOfWall((quarter * QUARTER) / 1000, offsetAt)
      known.set(quarter, offset)
    }
    lastQuarter = quarter
    lastOffset = offset
    return offset
  }
}

/** `wall` in milliseconds. */
function offsetOfWall(wall: number, offsetAt: (utc: number) => number): number {
  const before = offsetAt(wall - DAY_MS)
  const after = offsetAt(wall + DAY_MS)
  const holds = (offset: number): boolean => offsetAt(wall - offset * 60_000) === offset
  return before === after || holds(before) || !holds(after) ? before : after
}

/** The zone of this machine. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
