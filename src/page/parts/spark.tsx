import type { JSX } from 'preact'
import type { LineRates } from '../../server/api-types.ts'
import { rateText } from '../format/numbers.ts'

const WIDTH = 300
const HEIGHT = 44

/** Lines per second over the last five minutes, rejected ones marked below. */
export function Spark({ rates }: { readonly rates: LineRates }): JSX.Element {
  const top = Math.max(1, ...rates.read)
  return (
    <figure class="spark">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label(rates)}>
        <path class="area" d={`${outline(rates.read, top)}V${HEIGHT}H${startOf(rates.read)}Z`} />
        <path class="line" d={outline(rates.read, top)} />
        <path class="rejected" d={ticks(rates.rejected)} />
      </svg>
      <figcaption>
        <span>5 min ago</span>
        <span>peak {rateText(Math.max(0, ...rates.read))}/s</span>
        <span>now</span>
      </figcaption>
    </figure>
  )
}

/** Fewer than five minutes of values stand at the right edge. */
function startOf(values: readonly number[]): number {
  return WIDTH - Math.max(0, values.length - 1)
}

function outline(values: readonly number[], top: number): string {
  const start = startOf(values)
  const points = values.map(
    (value, i) => `${start + i} ${(HEIGHT - 1 - (value / top) * (HEIGHT - 4)).toFixed(1)}`
  )
  return points.length > 0 ? `M${points.join('L')}` : `M${start} ${HEIGHT - 1}`
}

function ticks(values: readonly number[]): string {
  const start = startOf(values)
  return values.map((value, i) => (value > 0 ? `M${start + i} ${HEIGHT}v-5` : '')).join('')
}

function label({ read, rejected }: LineRates): string {
  const bad = rejected.reduce((sum, value) => sum + value, 0)
  return `Lines per second in the last five minutes: now ${rateText(read.at(-1) ?? 0)}, at most ${rateText(
    Math.max(0, ...read)
  )}; ${rateText(bad)} rejected in all`
}
