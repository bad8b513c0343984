import { MINUTE, type Micros } from '../core/time.ts'

/** No clock is changed within a quarter of an hour. */
const QUARTER = 15 * MINUTE

/** The same offsets of a zone (minutes east of UTC), looked up once in a quarter of an hour. */
export function quarterly(zone: (time: Micros) => number): (time: Micros) => number {
  let quarter = NaN
  let offset = 0
  return time => {
    const wanted = Math.floor(time / QUARTER)
    if (wanted !== quarter) {
      quarter = wanted
      offset = zone(time)
    }
    return offset
  }
}
