import type { JSX } from 'preact'
import type { Series } from './plot.ts'

interface LegendProps {
  readonly series: readonly Series[]
  /** The bucket pointed at; `null` for the whole period. */
  readonly index: number | null
  readonly format: (value: number) => string
  readonly whole: (values: readonly (number | null)[]) => number | null
}

/** Name, colour and value of each series; series without any value are left out. */
export function Legend({ series, index, format, whole }: LegendProps): JSX.Element {
  const shown = series.filter(({ values }) => values.some(value => value !== null && value > 0))
  return (
    <ul class="legend" aria-live={index === null ? 'off' : 'polite'}>
      {shown.map(({ name, color, values }) => {
        const value = index === null ? whole(values) : (values[index] ?? null)
        return (
          <li key={name}>
            <i class={`swatch ${color}`} aria-hidden="true" />
            {name} <b>{value === null ? '–' : format(value)}</b>
          </li>
        )
      })}
    </ul>
  )
}

/** The sum of a row of counts. */
export function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
