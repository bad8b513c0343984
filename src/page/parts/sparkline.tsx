import type { ComponentChildren, JSX } from 'preact'
import { outline } from '../charts/outline.ts'

const SIZE = { width: 300, height: 44 }

interface SparklineProps {
  /** By second of the last five minutes, `null` where it is not known. */
  readonly values: readonly (number | null)[]
  /** What its upper edge is at least: less is drawn small. */
  readonly least?: number
  /** What it shows, for who does not see it. */
  readonly label: string
  /** What stands below it, between its ends. */
  readonly note?: string
  /** Drawn besides, over the values: paths in a box of this size. */
  readonly children?: ComponentChildren
}

/** A small chart of the last five minutes. */
export function Sparkline({ values, least = 1, label, note, children }: SparklineProps): JSX.Element {
  const top = Math.max(least, ...values.map(value => value ?? 0))
  const { line, area } = outline(values, top, SIZE)
  return (
    <figure class="spark">
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        <path class="area" d={area} />
        <path class="line" d={line} />
        {children}
      </svg>
      <figcaption>
        <span>5 min ago</span>
        {note !== undefined && <span>{note}</span>}
        <span>now</span>
      </figcaption>
    </figure>
  )
}

/** Marks at the foot where a value is more than 0. */
export function Ticks({ values }: { readonly values: readonly number[] }): JSX.Element {
  const { width, height } = SIZE
  const start = width - values.length
  return (
    <path
      class="rejected"
      d={values.map((value, i) => (value > 0 ? `M${start + i} ${height}v-5` : '')).join('')}
    />
  )
}
