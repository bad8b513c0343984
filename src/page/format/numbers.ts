import { unitOf, type Metric } from '../../core/metric.ts'
import { toSeconds } from '../../core/time.ts'

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 })
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const digits3 = new Intl.NumberFormat(undefined, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
const shares = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1
})

/** All digits, grouped: `1,234,567`. */
export function countText(value: number): string {
  return whole.format(value)
}

/** Three digits: `1.23M`. */
export function compactText(value: number): string {
  return Math.abs(value) < 1000 ? tenths.format(value) : short.format(value)
}

/** Lines a second: whole, but for slow ones. */
export function rateText(value: number): string {
  return value > 0 && value < 10 ? tenths.format(value) : whole.format(value)
}

/** `part` of `all` in percent; what is there but rounds to nothing is `<0.1%`. */
export function shareText(part: number, all: number): string {
  if (all === 0 || part === 0) return shares.format(0)
  return part / all < 0.0005 ? `<${shares.format(0.001)}` : shares.format(part / all)
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** Powers of 1000, three digits: `4.21 MB`. */
export function bytesText(value: number): string {
  if (value < 1000) return `${whole.format(value)} B`
  // Rounded first, so that 999,999 is 1.00 MB.
  const rounded = Number(value.toPrecision(3))
  const power = Math.min(Math.floor(Math.log10(rounded) / 3 + 1e-9), UNITS.length - 1)
  return `${digits3.format(rounded / 1000 ** power)} ${UNITS[power] ?? ''}`
}

/** The sum of what a metric measures. */
export function sumText({ measure }: Pick<Metric, 'measure'>, sum: number): string {
  const unit = unitOf(measure)
  if (unit === 'bytes') return bytesText(sum)
  return unit === 'microseconds' ? durationText(toSeconds(sum)) : compactText(sum)
}

/** How percentiles of a metric are shown. */
export function percentileFormat({ measure }: Pick<Metric, 'measure'>): (value: number) => string {
  return { bytes: bytesText, microseconds: durationText, number: compactText }[unitOf(measure)]
}

/** A count with all its digits, while there are not too many. */
export function shortCount(value: number): string {
  return value < 1e7 ? countText(value) : compactText(value)
}

/** A duration in seconds, three digits: `812 µs`, `1.2 s`. */
export function durationText(seconds: number): string {
  if (seconds === 0) return '0 s'
  if (seconds < 0.001) return `${digits3.format(seconds * 1e6)} µs`
  if (seconds < 1) return `${digits3.format(seconds * 1e3)} ms`
  return `${digits3.format(seconds)} s`
}
