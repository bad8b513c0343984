import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { Unit } from '../../alerts/model.ts'
import { bytesText, compactText, countText, durationText } from './numbers.ts'

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })

/** What a rule measured, in its unit: `7.2%`, `1.42 s`, `31`. */
export function measured(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return percent.format(value)
    case 'factor':
      return `${compactText(value)}×`
    case 'seconds':
      return durationText(value)
    case 'bytes':
      return bytesText(value)
    default:
      return Number.isInteger(value) ? countText(value) : compactText(value)
  }
}

/** A latency: `23.4 ms`. */
export function latency(length: Millis): string {
  return durationText(Math.max(0, length) / SECOND_MS)
}

/** The value that a share of all values do not exceed; `undefined` of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]
}
