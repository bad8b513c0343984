import type { ClassTone } from '../../core/metric.ts'
import type { Micros } from '../../core/time.ts'
import type { BlockSeries, ChartBlock, TimeMark, ValueUnit } from '../block.ts'
import { valueWriter } from '../value.ts'
import { niceEnd, timeTicks } from './axis.ts'

/** What a chart has colours for. */
export type ChartColor = ClassTone | 'text' | 'grid' | 'unknown'

export interface ChartLook {
  /** In pixels, at least 240. */
  readonly width: number
  /** Of the first plot with the axis of time, at least 100; each further one is half as high. */
  readonly height: number
  /** Anything that SVG takes for a colour: `#cf3f43`, `var(--tone-critical)`. */
  readonly color: (of: ChartColor) => string
  readonly font: string
  /** How thick lines are, in pixels. */
  readonly lineWidth?: number
}

/** Room beside the plots, in pixels: they lie between. */
export const CHART_EDGES = { left: 54, right: 12 } as const

const [TOP, BOTTOM, GAP] = [16, 22, 18]
const FONT_SIZE = 12
/** A tick of time for so many pixels. */
const TICK_WIDTH = 80
/** Marks that have a number, and how far apart numbers are at least. */
const [MAX_NUMBERED, NUMBER_WIDTH] = [9, 16]

/** Where all plots lie. */
interface Area {
  readonly chart: ChartBlock
  readonly look: ChartLook
  readonly zone: string
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly x: (at: Micros) => number
}

/** The plot of what has one unit. */
interface Plot extends Area {
  readonly unit: ValueUnit
  readonly top: number
  /** Bars, each on the one before; and lines. */
  readonly stack: readonly BlockSeries[]
  readonly lines: readonly BlockSeries[]
  /** The value at its upper edge. */
  readonly end: number
  readonly y: (value: number) => number
}

/** How high a chart is, in pixels. */
export function chartHeight(chart: ChartBlock, { height }: Pick<ChartLook, 'height'>): number {
  return height + Math.max(0, unitsOf(chart).length - 1) * (GAP + Math.round(height / 2))
}

/**
 * A chart as SVG without its legend, with nothing in it that a log has a say in: a plot for each unit, stacked bars and lines, over
 * one axis of time, as the clocks of a zone (IANA name) show it.
 */
export function chartSvg(chart: ChartBlock, zone: string, look: ChartLook): string {
  const area = areaOf(chart, zone, look)
  const parts = [
    ...unknownBands(area),
    ...spans(area),
    ...plotsOf(area).flatMap(plot => [
      ...axis(plot),
      ...bars(plot),
      ...plot.lines.map(one => line(plot, one))
    ]),
    ...timeAxis(area),
    ...marks(area)
  ]
  const [{ width, font }, height] = [look, chartHeight(chart, look)]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}" font-size="${FONT_SIZE}">${parts.join('')}</svg>`
}

function unitsOf({ series }: ChartBlock): ValueUnit[] {
  return [...new Set(series.map(({ unit }) => unit))]
}

function areaOf(chart: ChartBlock, zone: string, look: ChartLook): Area {
  const from = chart.time[0] ?? 0
  const [left, right] = [CHART_EDGES.left, look.width - CHART_EDGES.right]
  const span = Math.max(1, chart.to - from)
  const x = (at: Micros): number => left + (right - left) * Math.min(1, Math.max(0, (at - from) / span))
  return { chart, look, zone, left, right, bottom: chartHeight(chart, look) - BOTTOM, x }
}

function plotsOf(area: Area): Plot[] {
  const { chart, look } = area
  const first = look.height - BOTTOM
  return unitsOf(chart).map((unit, i) => {
    const series = chart.series.filter(one => one.unit === unit)
    const [stack, lines] = [series.filter(({ line }) => !line), series.filter(({ line }) => line)]
    const end = niceEnd(largest([...totalsOf(stack), ...lines.flatMap(({ values }) => values)]))
    const bottom = first + i * (GAP + Math.round(look.height / 2))
    const top = i === 0 ? TOP : bottom - Math.round(look.height / 2)
    const y = (value: number): number => bottom - (bottom - top) * (value / end)
    return { ...area, unit, stack, lines, end, top, bottom, y }
  })
}

/** What bars come to in each bucket; `undefined` where nothing is known. */
export function totalsOf(stack: readonly BlockSeries[]): (number | undefined)[] {
  const length = Math.max(0, ...stack.map(({ values }) => values.length))
  return Array.from({ length }, (_, i) =>
    stack.reduce<number | undefined>((sum, { values }) => {
      const value = values[i]
      return value === undefined ? sum : (sum ?? 0) + value
    }, undefined)
  )
}

/** The marks of a chart as they follow each other, each with the number that it has in the chart, up to nine. */
export function numberedMarks({ marks }: ChartBlock): (TimeMark & { readonly number?: number })[] {
  return marks
    .toSorted((a, b) => a.from - b.from)
    .map((mark, i) => (i < MAX_NUMBERED ? { ...mark, number: i + 1 } : mark))
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

/** Values alone: `<0.1 %` is the one that SVG would misread. */
function text(look: ChartLook, x: number, y: number, anchor: string, content: string): string {
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" fill="${look.color('text')}">${content.replace('<', '&lt;')}</text>`
}

/** Times of which nothing is known: no bars there would be taken for none. */
function unknownBands({ chart, look, bottom, x }: Area): string[] {
  const { time, to, series } = chart
  const bands = time.flatMap((from, i) =>
    series.length > 0 && series.every(({ values }) => values[i] === undefined)
      ? [rect(x(from), TOP, x(time[i + 1] ?? to) - x(from), bottom - TOP)]
      : []
  )
  return bands.length > 0 ? [`<path d="${bands.join('')}" fill="${look.color('unknown')}"/>`] : []
}

/** Three lines, two where half is none, and what they stand for. */
function axis({ look, left, right, zone, unit, end, y }: Plot): string[] {
  const write = valueWriter(zone)
  return [0, 0.5, 1].flatMap(part => {
    const value = end * part
    if (unit === 'count' && !Number.isInteger(value)) return []
    return [
      `<path d="M${n(left)} ${n(y(value))}H${n(right)}" stroke="${look.color('grid')}"/>`,
      text(look, left - 8, y(value) + 4, 'end', value === 0 ? '0' : write(value, unit))
    ]
  })
}

function timeAxis({ chart, look, zone, left, right, bottom, x }: Area): string[] {
  const most = Math.max(2, Math.floor((right - left) / TICK_WIDTH))
  return timeTicks(chart.time[0] ?? 0, chart.to, most, zone).flatMap(({ at, text: label }) => [
    `<path d="M${n(x(at))} ${n(bottom)}v4" stroke="${look.color('text')}"/>`,
    // What begins at an edge stays within it.
    text(look, Math.min(x(at), right - 14), bottom + 17, x(at) - left < 16 ? 'start' : 'middle', label)
  ])
}

/** A path for each series of the stack; bars that are wide enough have a gap between them. */
function bars({ chart, look, stack, bottom, x, y }: Plot): string[] {
  const { time, to } = chart
  const base = time.map(() => 0)
  return stack.map(({ values, tone }) => {
    const shapes = time.flatMap((from, i) => {
      const value = values[i] ?? 0
      if (!(value > 0)) return []
      const [left, right] = [x(from), x(time[i + 1] ?? to)]
      const gap = right - left >= 4 ? 1 : 0
      const below = base[i] ?? 0
      base[i] = below + value
      // What is more than nothing shows.
      const height = Math.max(bottom - y(value), 1)
      return [rect(left, y(below) - height, Math.max(right - left - gap, 0.5), height)]
    })
    return `<path d="${shapes.join('')}" fill="${look.color(tone)}" shape-rendering="crispEdges"/>`
  })
}

/** From the middle of each bucket to that of the next, with a gap where nothing is known. */
function line({ chart, look, x, y }: Plot, { values, tone }: BlockSeries): string {
  const { time, to } = chart
  const path = time.map((from, i) => {
    const value = values[i]
    if (value === undefined) return ''
    const at = `${n((x(from) + x(time[i + 1] ?? to)) / 2)} ${n(y(value))}`
    // One between two gaps is a dot, by its round ends.
    return values[i - 1] === undefined ? `M${at}h0` : `L${at}`
  })
  return `<path d="${path.join('')}" fill="none" stroke="${look.color(tone)}" stroke-width="${look.lineWidth ?? 2}" stroke-linecap="round" stroke-linejoin="round"/>`
}

/** Spans of marks, behind the bars. */
function spans({ chart, look, bottom, x }: Area): string[] {
  return chart.marks.flatMap(({ from, to, tone }) =>
    to === undefined
      ? []
      : [
          `<path d="${rect(x(from), TOP, Math.max(2, x(to) - x(from)), bottom - TOP)}" fill="${look.color(tone)}" fill-opacity="0.16"/>`
        ]
  )
}

/** Where each mark begins, with its number above: numbers that would lie on each other stand side by side. */
function marks({ chart, look, bottom, x }: Area): string[] {
  let before = -Infinity
  return numberedMarks(chart).flatMap(({ from, tone, number }) => {
    const [at, color] = [x(from), look.color(tone)]
    const rule = `<path d="M${n(at)} ${TOP}V${n(bottom)}" stroke="${color}" stroke-dasharray="3 3"/>`
    if (number === undefined) return [rule, `<path d="M${n(at)} ${TOP}l-4 -7h8z" fill="${color}"/>`]
    before = Math.min(Math.max(at, before + NUMBER_WIDTH), look.width - NUMBER_WIDTH / 2)
    return [
      rule,
      `<circle cx="${n(before)}" cy="8" r="7.5" fill="${color}"/>`,
      `<text x="${n(before)}" y="11.8" text-anchor="middle" font-size="10" font-weight="600" fill="#fff">${number}</text>`
    ]
  })
}
