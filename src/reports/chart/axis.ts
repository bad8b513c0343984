import { MONTHS, WEEKDAYS } from '../../core/calendar.ts'
import { DAY, HOUR, MINUTE, SECOND, toMillis, type Micros } from '../../core/time.ts'
import { zoneOffsets } from '../../core/zone.ts'

/** A place on an axis, and what stands there. */
export interface Tick<Of> {
  readonly at: Of
  readonly text: string
}

/** The end of an axis from 0 that has room for `largest`: 1, 2 or 5 by a power of ten, times two. */
export function niceEnd(largest: number): number {
  if (!(largest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(largest))
  return power * ([1, 2, 4, 5, 10].find(step => step * power >= largest) ?? 10)
}

/** How far ticks of time may be apart: what divides the next longer one, and days. */
const STEPS: readonly Micros[] = [
  ...[1, 5, 15, 30].map(count => count * SECOND),
  ...[1, 5, 15, 30].map(count => count * MINUTE),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR),
  ...[1, 2, 4, 7, 14, 28, 56, 112, 224, 448].map(count => count * DAY)
]

/** At most so many ticks from one time until before another, where the clocks of a zone (IANA name) show round times. */
export function timeTicks(from: Micros, to: Micros, most: number, zone: string): Tick<Micros>[] {
  const offsetOf = zoneOffsets(zone)
  const offset = (at: Micros): Micros => offsetOf(toMillis(at)) * MINUTE
  const span = to - from
  const step = STEPS.find(step => span / step <= most) ?? Math.ceil(span / most / DAY) * DAY
  const ticks: Tick<Micros>[] = []
  const end = to + offset(to)
  for (let local = Math.ceil((from + offset(from)) / step) * step; local < end; local += step) {
    // What a clock shows twice, or never, is a tick once.
    const at = local - offset(local - offset(local))
    if (at >= from && at < to && at > (ticks.at(-1)?.at ?? -Infinity))
      ticks.push({ at, text: tickText(at + offset(at), step) })
  }
  return ticks
}

/** `14:30`; at midnight `Sat 31`; of days `31 Jan`. `local` is what the clock shows, as if it were UTC. */
function tickText(local: Micros, step: Micros): string {
  const date = new Date(toMillis(local))
  const day = date.getUTCDate()
  if (step >= DAY) return `${day} ${MONTHS[date.getUTCMonth()]}`
  if (local % DAY === 0) return `${WEEKDAYS[date.getUTCDay()]} ${day}`
  return date.toISOString().slice(11, step < MINUTE ? 19 : 16)
}
