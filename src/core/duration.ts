import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from './time.ts'

const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** What a duration looks like: a whole number and its unit. */
export const DURATION = /^\d{1,9}(ms|s|m|h|d)$/

/** The length of `250ms`, `10s`, `5m`, `1h` or `30d`; `undefined` for anything else. */
export function parseDuration(text: string): Millis | undefined {
  const unit = DURATION.exec(text)?.[1]
  const size = unit === undefined ? undefined : UNITS[unit]
  return size === undefined ? undefined : Number.parseInt(text, 10) * size
}

/** The shortest such text for whole milliseconds; the inverse of `parseDuration`. */
export function formatDuration(ms: Millis): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => ms >= size && ms % size === 0) ?? [
    'ms',
    1
  ]
  return `${ms / size}${unit}`
}
