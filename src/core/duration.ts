const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 }

/** What a duration looks like: a whole number and its unit. */
export const DURATION = /^\d{1,9}(ms|s|m|h|d)$/

/** Milliseconds of `250ms`, `10s`, `5m`, `1h` or `30d`; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const unit = DURATION.exec(text)?.[1]
  const size = unit === undefined ? undefined : UNITS[unit]
  return size === undefined ? undefined : Number.parseInt(text, 10) * size
}

/** The shortest such text for whole milliseconds; the inverse of `parseDuration`. */
export function formatDuration(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => ms >= size && ms % size === 0) ?? [
    'ms',
    1
  ]
  return `${ms / size}${unit}`
}
