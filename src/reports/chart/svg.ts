import type { ClassTone } from '../../core/metric.ts'
import type { Micros } from '../../core/time.ts'
import type { BlockSeries, ChartBlock } from '../block.ts'
import { valueWriter } from '../value.ts'
import { niceEnd, timeTicks } from './axis.ts'

/** What a chart has colours for. */
export type ChartColor = ClassTone | 'text' | 'grid' | 'unknown'

export interface ChartLook {
  /** In pixels, at least 240 and 100. */
  readonly width: number
  readonly height: number
  /** Anything that SVG takes for a colour: `#cf3f43`, `var(--tone-critical)`. */
  readonly color: (of: ChartColor) => string
  readonly font: string
}

/** Room for texts beside the plot, in pixels. */
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 12, 16, 22]
const RIGHT_OF_LINES = 54
const FONT_SIZE = 12
/** A tick of time for so many pixels. */
const TICK_WIDTH = 80
/** Marks that have a number, which a list beside the chart explains. */
const MAX_NUMBERED = 9

/** Where the plot is, and what its axes say. */
interface Plot {
  readonly chart: ChartBlock
  readonly look: ChartLook
  readonly zone: string
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly from: Micros
  readonly x: (at: Micros) => number
}

/**
 * A chart as SVG without its legend, with nothing in it that a log has a say in. The clocks are those of a zone (IANA name).
 * Stacked bars have the axis on the left; lines of other units have one on the right.
 */
export function chartSvg(chart: ChartBlock, zone: string, look: ChartLook): string {
  const stack = chart.series.filter(({ line }) => !line)
  const lines = chart.series.filter(({ line }) => line)
  const apart = lines.length > 0 && stack.length > 0 && lines.some(({ unit }) => unit !== stack[0]?.unit)
  const plot = plotOf(chart, zone, look, apart ? RIGHT_OF_LINES : RIGHT)
  const heights = totalsOf(stack)
  const lineEnd = niceEnd(largest(lines.flatMap(({ values }) => values)))
  const end = apart
    ? niceEnd(largest(heights))
    : Math.max(niceEnd(largest(heights)), lines.length > 0 ? lineEnd : 0)
  const unit = (stack[0] ?? lines[0])?.unit ?? 'count'
  const parts = [
    ...unknownBands(plot),
    ...axis(plot, end, unit, 'left'),
    ...(apart ? axis(plot, lineEnd, lines[0]?.unit ?? 'count', 'right') : []),
    ...timeAxis(plot),
    ...spans(plot),
    ...bars(plot, stack, end),
    ...lines.map(one => line(plot, one, apart ? lineEnd : end)),
    ...marks(plot)
  ]
  const { width, height, font } = look
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}" font-size="${FONT_SIZE}">${parts.join('')}</svg>`
}

function plotOf(chart: ChartBlock, zone: string, look: ChartLook, margin: number): Plot {
  const from = chart.time[0] ?? 0
  const [left, right] = [LEFT, look.width - margin]
  const span = Math.max(1, chart.to - from)
  const x = (at: Micros): number => left + (right - left) * Math.min(1, Math.max(0, (at - from) / span))
  return { chart, look, zone, left, right, bottom: look.height - BOTTOM, from, x }
}

/** What the bars come to in each bucket; `undefined` where nothing is known. */
export function totalsOf(stack: readonly BlockSeries[]): (number | undefined)[] {
  const length = Math.max(0, ...stack.map(({ values }) => values.length))
  return Array.from({ length }, (_, i) =>
    stack.reduce<number | undefined>((sum, { values }) => {
      const value = values[i]
      return value === undefined ? sum : (sum ?? 0) + value
    }, undefined)
  )
}

function largest(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
}

/** Numbers are written as short as they may be: a tenth of a pixel is not seen. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function rect(x: number, y: number, width: number, height: number): string {
  return `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`
}

function text(look: ChartLook, x: number, y: number, anchor: string, content: string): string {
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" fill="${look.color('text')}">${content}</text>`
}

/** Times of which nothing is known: no bars there would be taken for none. */
function unknownBands({ chart, look, bottom, x }: Plot): string[] {
  const { time, to, series } = chart
  const bands = time.flatMap((from, i) =>
    series.length > 0 && series.every(({ values }) => values[i] === undefined)
      ? [rect(x(from), TOP, x(time[i + 1] ?? to) - x(from), bottom - TOP)]
      : []
  )
  return bands.length > 0 ? [`<path d="${bands.join('')}" fill="${look.color('unknown')}"/>`] : []
}

/** Three lines, and what they stand for. */
function axis(plot: Plot, end: number, unit: BlockSeries['unit'], side: 'left' | 'right'): string[] {
  const { look, left, right, bottom, zone } = plot
  const write = valueWriter(zone)
  return [0, 0.5, 1].flatMap(part => {
    const y = bottom - (bottom - TOP) * part
    const grid = `<path d="M${n(left)} ${n(y)}H${n(right)}" stroke="${look.color('grid')}"/>`
    // Half of a single request is none.
    const shown = unit !== 'count' || Number.isInteger(end * part)
    const label = shown ? write(end * part, unit) : ''
    const at = side === 'left' ? left - 8 : right + 8
    return [
      ...(side === 'left' ? [grid] : []),
      text(look, at, y + 4, side === 'left' ? 'end' : 'start', label)
    ]
  })
}

function timeAxis({ chart, look, zone, left, right, bottom, from, x }: Plot): string[] {
  const ticks = timeTicks(from, chart.to, Math.max(2, Math.floor((right - left) / TICK_WIDTH)), zone)
  return ticks.flatMap(({ at, text: label }) => [
    `<path d="M${n(x(at))} ${n(bottom)}v4" stroke="${look.color('text')}"/>`,
    // What begins at an edge stays within it.
    text(look, Math.min(x(at), right - 14), bottom + 17, x(at) - left < 16 ? 'start' : 'middle', label)
  ])
}

/** A path for each series of the stack; bars that are wide enough have a gap between them. */
function bars({ chart, look, bottom, x }: Plot, stack: readonly BlockSeries[], end: number): string[] {
  const { time, to } = chart
  const base = time.map(() => 0)
  return stack.map(({ values, tone }) => {
    const shapes = time.flatMap((from, i) => {
      const value = values[i] ?? 0
      if (!(value > 0)) return []
      const [left, right] = [x(from), x(time[i + 1] ?? to)]
      const gap = right - left >= 4 ? 1 : 0
      const scale = (bottom - TOP) / end
      const below = base[i] ?? 0
      base[i] = below + value
      // What is more than nothing shows.
      const height = Math.max(value * scale, 1)
      return [rect(left, bottom - below * scale - height, Math.max(right - left - gap, 0.5), height)]
    })
    return `<path d="${shapes.join('')}" fill="${look.color(tone)}"/>`
  })
}

/** From the middle of each bucket to that of the next, with a gap where nothing is known. */
function line({ chart, look, bottom, x }: Plot, { values, tone }: BlockSeries, end: number): string {
  const { time, to } = chart
  let broken = true
  const path = time.map((from, i) => {
    const value = values[i]
    const [before, pen] = [broken, n((x(from) + x(time[i + 1] ?? to)) / 2)]
    broken = value === undefined
    if (value === undefined) return ''
    // One between two gaps is a dot, by its round ends.
    return `${before ? 'M' : 'L'}${pen} ${n(bottom - (bottom - TOP) * (value / end))}${before ? 'h0' : ''}`
  })
  return `<path d="${path.join('')}" fill="none" stroke="${look.color(tone)}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`
}

/** Spans of marks, behind the bars. */
function spans({ chart, look, bottom, x }: Plot): string[] {
  return chart.marks.flatMap(({ from, to, tone }) =>
    to === undefined
      ? []
      : [
          `<path d="${rect(x(from), TOP, Math.max(2, x(to) - x(from)), bottom - TOP)}" fill="${look.color(tone)}" fill-opacity="0.16"/>`
        ]
  )
}

/** Where each mark begins, with its number. */
function marks({ chart, look, bottom, x }: Plot): string[] {
  return chart.marks.flatMap(({ from, tone }, i) => {
    const [at, color] = [n(x(from)), look.color(tone)]
    return [
      `<path d="M${at} ${TOP}V${n(bottom)}" stroke="${color}" stroke-dasharray="3 3"/>`,
      ...(i < MAX_NUMBERED
        ? [
            `<circle cx="${at}" cy="8" r="7.5" fill="${color}"/>`,
            `<text x="${at}" y="11.8" text-anchor="middle" font-size="10" font-weight="600" fill="#fff">${i + 1}</text>`
          ]
        : [`<path d="M${at} ${TOP}l-4 -7h8z" fill="${color}"/>`])
    ]
  })
}
