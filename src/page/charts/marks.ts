import type uPlot from 'uplot'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { PaletteColor } from '../../core/palette.ts'
import { themeColor } from '../state/theme.ts'

/** A time that is marked on a chart. */
export interface Mark {
  readonly time: Millis
  readonly tone: 'critical' | 'warning' | 'info' | 'restart'
  /** What happened; may be log text. */
  readonly text: string
}

const COLORS: Readonly<Record<Mark['tone'], PaletteColor>> = {
  critical: 'tone-critical',
  warning: 'tone-warning',
  info: 'tone-p50',
  restart: 'chart-text'
}

/** Draws marks over a plot: a dashed line with a flag for an alert, a dotted one for a restart. */
export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox, scales } = plot
  const { min = 0, max = 0 } = scales['x'] ?? {}
  const within = marks.filter(({ time }) => time / SECOND_MS >= (min ?? 0) && time / SECOND_MS < (max ?? 0))
  const { top, height } = bbox
  ctx.save()
  for (const { time, tone } of within) {
    const x = Math.round(plot.valToPos(time / SECOND_MS, 'x', true))
    const size = 4 * devicePixelRatio
    ctx.strokeStyle = ctx.fillStyle = themeColor(COLORS[tone])
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
