import {
  DAY_MS,
  HOUR_MS,
  MINUTE,
  MINUTE_MS,
  SECOND,
  SECOND_MS,
  toMillis,
  type Micros,
  type Millis
} from './time.ts'
import { windowOf } from './window.ts'

/** `1,234,567`, rounded to a whole number. Without Intl, which alone takes a fifth of a short command's time. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1,200 lines`, `1 line`: a count of things, given their name in the singular. */
export function counted(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? '' : 's'}`
}

/** `1.2 MB`: decimal units, one digit after the point below 100. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
  let unit = 0
  while (Math.abs(bytes) >= 999.95 && unit < units.length - 1) {
    bytes /= 1000
    unit++
  }
  return `${bytes.toFixed(unit === 0 || bytes >= 99.95 ? 0 : 1)} ${units[unit]}`
}

/** `12.3 %`; a share too small for that is `<0.1 %`, never 0 unless nothing was counted. */
export function formatShare(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  return percent > 0 && percent < 0.05 ? '<0.1 %' : `${percent.toFixed(1)} %`
}

/** `430 µs`, `12 ms`, `1.25 s`: three significant digits of a number of seconds. */
export function formatSeconds(seconds: number): string {
  const [scale, unit] = seconds < 1e-3 ? [1e6, 'µs'] : seconds < 1 ? [1e3, 'ms'] : [1, 's']
  return `${formatSignificant(seconds * scale)} ${unit}`
}

/** Three significant digits; whole from 100 on. */
export function formatSignificant(value: number): string {
  return value >= 100 ? formatCount(value) : String(Number(value.toPrecision(3)))
}

const UNITS: readonly [Millis, string][] = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'min'],
  [SECOND_MS, 's']
]

/** `3 d 11 h`: the two largest units of a span of time. */
export function formatSpan(span: Millis): string {
  let rest = Math.round(span / SECOND_MS) * SECOND_MS
  const parts = UNITS.map(([unit, name]): [number, string] => {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    return [count, name]
  })
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  // What the second one has nothing of, the third has: a day of half an hour more is no plain day.
  const few = parts[first + 1]?.[0] === 0 ? 3 : 2
  const shown = parts.slice(first, first + few).filter(([count]) => count > 0)
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ')
}

/**
 * A time in ISO 8601, as the clock `zone` minutes east of UTC shows it: `2000-10-10T13:55:36-07:00`,
 * `Z` for UTC, six digits of fraction where there is any.
 */
export function isoTime(time: Micros, zone = 0): string {
  const whole = windowOf(time, SECOND)
  const fraction = time - whole
  const clock = new Date(toMillis(whole + zone * MINUTE)).toISOString().slice(0, -5)
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`
  return clock + digits + (zone === 0 ? 'Z' : offsetOf(zone))
}

/** `2026-11-25 14:03:20 UTC`. */
export function utcText(time: Millis): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function offsetOf(zone: number): string {
  const minutes = Math.abs(zone)
  return `${zone < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** A size as people write it. */
export const SIZE = /^(?<digits>\d{1,9})(?:(?<scale>[KMG])(?<binary>i?))?B$/i

/** Bytes of `512B`, `64KB`, `1MiB` or `2GB` (KB is 1000 bytes, KiB 1024); `undefined` for anything else. */
export function parseSize(text: string): number | undefined {
  const { digits, scale, binary } = SIZE.exec(text)?.groups ?? {}
  if (digits === undefined) return undefined
  const power = scale === undefined ? 0 : 1 + 'KMG'.indexOf(scale.toUpperCase())
  return Number(digits) * (binary ? 1024 : 1000) ** power
}
