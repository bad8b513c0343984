/**
 * A clock in milliseconds since 1970 with a fraction: `fine` (milliseconds since any moment) counts on between the whole
 * milliseconds of `coarse`, which it follows also where that is set to another time.
 */
export function fineClock(coarse: () => number, fine: () => number): () => number {
  let since = coarse() - fine()
  return () => {
    const passed = fine()
    const whole = coarse()
    // The true time lies within the whole millisecond.
    since = Math.min(Math.max(since, whole - passed), whole + 1 - passed)
    return since + passed
  }
}
