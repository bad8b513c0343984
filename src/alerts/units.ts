import { SECOND_MS } from '../core/time.ts'
import { formatBytes, formatCount, formatSeconds, formatShare, formatSpan } from '../core/units.ts'
import type { Unit } from './model.ts'

/** A value as people read it: `1,204`, `7.2 %`, `4.3x`, `250 ms`, `1.5 MB`. */
export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return formatShare(value, 1).replace('.0 %', ' %')
    case 'factor':
      return `${few(value)}x`
    case 'seconds':
      return value === 0 || value >= 120 ? formatSpan(value * SECOND_MS) : formatSeconds(value)
    case 'bytes':
      return formatBytes(value)
    default:
      return few(value)
  }
}

/** A number that need not be whole: two digits of a small one. */
function few(value: number): string {
  return Math.abs(value) >= 10 || Number.isInteger(value)
    ? formatCount(value)
    : String(Number(value.toPrecision(2)))
}
