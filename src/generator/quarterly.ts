/** A quarter of an hour in microseconds: no clock is changed within one. */
const QUARTER = 900e6

/** The same offsets of a zone (minutes east of UTC, at microseconds since 1970), looked up once in a quarter of an hour. */
export function quarterly(zone: (time: number) => number): (time: number) => number {
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
