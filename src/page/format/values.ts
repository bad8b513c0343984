import type { Unit } from '../../alerts/model.ts'
import { bytes, compact, count, duration } from './numbers.ts'

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })

/** What a rule measured, in its unit: `7.2%`, `1.42 s`, `31`. */
export function measured(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return percent.format(value)
    case 'factor':
      return `${compact(value)}×`
    case 'seconds':
      return duration(value)
    case 'bytes':
      return bytes(value)
    default:
      return Number.isInteger(value) ? count(value) : compact(value)
  }
}

/** A latency in milliseconds: `23.4 ms`. */
export function latency(ms: number): string {
  return duration(Math.max(0, ms) / 1000)
}

/** The value that a share of all values do not exceed; `undefined` of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]
}
