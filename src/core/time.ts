/*
 * Time has two units here, each with a type of its own: event time is in microseconds, clocks and durations of the
 * configuration are in milliseconds. One never passes for the other; a plain number, such as a literal or a sum, may
 * become either. Names say which where both meet: `MINUTE` is in microseconds, `MINUTE_MS` in milliseconds.
 */

declare const unit: unique symbol

/** A moment (since 1970 UTC) or a duration of event time, in microseconds. Whole ones are exact up to the year 2255. */
export type Micros = number & { readonly [unit]?: 'microseconds' }

/** A moment (since 1970 UTC) or a duration of a clock, in milliseconds; it may have a fraction. */
export type Millis = number & { readonly [unit]?: 'milliseconds' }

/** A clock: the present, in milliseconds since 1970 UTC. */
export type Clock = () => Millis

/** Units of event time, in microseconds. */
export const MILLISECOND: Micros = 1000
export const SECOND: Micros = 1_000_000
export const MINUTE: Micros = 60 * SECOND
export const HOUR: Micros = 60 * MINUTE
export const DAY: Micros = 24 * HOUR

/** The same in milliseconds, for clocks, timers and settings. */
export const SECOND_MS: Millis = 1000
export const MINUTE_MS: Millis = 60 * SECOND_MS
export const HOUR_MS: Millis = 60 * MINUTE_MS
export const DAY_MS: Millis = 24 * HOUR_MS

export function toMicros(millis: Millis): Micros {
  return millis * MILLISECOND
}

/** Not rounded: a fraction of a millisecond stays. */
export function toMillis(micros: Micros): Millis {
  return micros / MILLISECOND
}

/** Seconds, as people read durations and HTTP has them. */
export function toSeconds(micros: Micros): number {
  return micros / SECOND
}

/**
 * A clock with a fraction: `fine` (milliseconds since any instant) counts on between the whole milliseconds of `coarse`,
 * which it follows also where that is set to another time.
 */
export function fineClock(coarse: Clock, fine: Clock): Clock {
  let since = coarse() - fine()
  return () => {
    const passed = fine()
    const whole = coarse()
    // The true time lies within the whole millisecond.
    since = Math.min(Math.max(since, whole - passed), whole + 1 - passed)
    return since + passed
  }
}
