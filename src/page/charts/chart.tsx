import { effect, useSignal, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { DAY_MS } from '../../core/time.ts'
import { length, span } from '../format/times.ts'
import { LogText } from '../parts/log-text.tsx'
import { theme } from '../state/theme.ts'
import { Legend, movedCursor } from './legend.tsx'
import { createPlot, type ChartData, type ChartKind, type Plot } from './plot.ts'

interface ChartProps {
  readonly title: string
  readonly kind: ChartKind
  readonly height: number
  readonly data: ReadonlySignal<ChartData>
  readonly format: (value: number) => string
  /** What the legend shows of a series while no bucket is pointed at. */
  readonly whole: (values: readonly (number | null)[]) => number | null
}

/**
 * A chart over time with its legend, which shows the values of the bucket pointed at by mouse, touch or arrow keys.
 * The chart itself is made once; new data and themes only repaint it.
 */
export function Chart({ title, kind, height, data, format, whole }: ChartProps): JSX.Element {
  const canvas = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(undefined)
  const hover = useSignal<number | null>(null)

  useEffect(() => {
    const parent = canvas.current
    if (!parent) return undefined
    const onHover = (index: number | null): void => void (hover.value = index)
    const made = createPlot(parent, { kind, height, format, series: data.peek().series, onHover })
    plot.current = made
    const size = new ResizeObserver(() => made.resize(parent.clientWidth))
    size.observe(parent)
    const stopData = effect(() => made.show(data.value))
    const stopTheme = effect(() => {
      if (theme.value) made.redraw()
    })
    return () => {
      stopData()
      stopTheme()
      size.disconnect()
      made.destroy()
    }
  }, [])

  const onKeyDown = (event: KeyboardEvent): void => {
    const last = data.peek().time.length - 1
    const next = movedCursor(event.key, hover.peek(), last)
    if (next === undefined) return
    event.preventDefault()
    plot.current?.moveCursor(next)
  }

  const { time, bucket, series, marks = [] } = data.value
  const at = hover.value === null ? undefined : time[hover.value]
  const marked = marks.filter(mark => at !== undefined && mark.time >= at && mark.time < at + bucket)
  const dated = (time.at(-1) ?? 0) - (time[0] ?? 0) >= DAY_MS
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <span class="when">{at === undefined ? `per ${length(bucket)}` : span(at, bucket, dated)}</span>
        {marked.map(({ text, tone }, i) => (
          <span key={i} class={`mark ${tone}`}>
            ▾ <LogText text={text} />
          </span>
        ))}
        <Legend series={series} index={hover.value} format={format} whole={whole} />
      </figcaption>
      <div
        class="canvas"
        ref={canvas}
        style={{ height: `${height}px` }}
        tabIndex={0}
        role="group"
        aria-label={`${title} over time; arrow keys move from bucket to bucket`}
        onKeyDown={onKeyDown}
        onBlur={() => plot.current?.moveCursor(null)}
      />
    </figure>
  )
}
