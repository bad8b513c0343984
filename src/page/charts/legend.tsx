import type { JSX } from 'preact'
import { LogText } from '../parts/log-text.tsx'

interface LegendProps {
  readonly series: readonly {
    readonly name: string
    readonly color: string
    readonly values: readonly (number | null)[]
    /** Where it is not that of all. */
    readonly format?: (value: number) => string
  }[]
  /** The bucket pointed at; `null` for the whole period. */
  readonly index: number | null
  readonly format: (value: number) => string
  /** What is shown of a series while no bucket is pointed at. */
  readonly whole: (values: readonly (number | null)[]) => number | null
}

/** Name, colour and value of each series; series without any value are left out. */
export function Legend({ series, index, format, whole }: LegendProps): JSX.Element {
  const shown = series.filter(isInLegend)
  return (
    <ul class="legend" aria-live={index === null ? 'off' : 'polite'}>
      {shown.map(({ name, color, values, format: own = format }) => {
        const value = index === null ? whole(values) : (values[index] ?? null)
        return (
          <li key={name}>
            <i class={`swatch ${color}`} aria-hidden="true" />
            <LogText text={name} title={null} /> <b>{value === null ? '–' : own(value)}</b>
          </li>
        )
      })}
    </ul>
  )
}

/** Whether a series has any value. */
export function isInLegend({ values }: { readonly values: readonly (number | null | undefined)[] }): boolean {
  return values.some(value => (value ?? 0) > 0)
}

/** Where a key moves the cursor of a chart: `null` takes it away, `undefined` is no key of it. */
export function movedCursor(key: string, from: number | null, last: number): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, (from ?? last + 1) - 1)
    case 'ArrowRight':
      return Math.min(last, (from ?? last - 1) + 1)
    case 'Home':
      return 0
    case 'End':
      return last
    case 'Escape':
      return null
    default:
      return undefined
  }
}

/** The sum of a row of counts. */
export function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}

/** The newest value, of what cannot be added up. */
export function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast(value => value !== null) ?? null
}
