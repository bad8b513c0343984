import type uPlot from 'uplot'
import { palette, type ColorName } from './palette.ts'

/** A moment (ms) that is marked on a chart. */
export interface Mark {
  readonly time: number
  readonly tone: 'critical' | 'warning' | 'info' | 'restart'
  /** What happened; may be log text. */
  readonly text: string
}

const COLORS: Readonly<Record<Mark['tone'], ColorName>> = {
  critical: 'tone-5xx',
  warning: 'tone-4xx',
  info: 'tone-p50',
  restart: 'chart-text'
}

/** Draws marks over a plot: a dashed line with a flag for an alert, a dotted one for a restart. */
export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox, scales } = plot
  const { min = 0, max = 0 } = scales['x'] ?? {}
  const within = marks.filter(({ time }) => time / 1000 >= (min ?? 0) && time / 1000 < (max ?? 0))
  const { top, height } = bbox
  ctx.save()
  for (const { time, tone } of within) {
    const x = Math.round(plot.valToPos(time / 1000, 'x', true))
    const size = 4 * devicePixelRatio
    ctx.strokeStyle = ctx.fillStyle = palette.peek()[COLORS[tone]]
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash(tone === 'restart' ? [devicePixelRatio, 2 * devicePixelRatio] : [size, size / 2])
    ctx.beginPath()
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
    ctx.stroke()
    ctx.beginPath()
    ctx.moveTo(x - size, top - size)
    ctx.lineTo(x + size, top - size)
    ctx.lineTo(x, top + size / 2)
    ctx.fill()
  }
  ctx.restore()
}
