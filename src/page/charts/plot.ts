import uPlot from 'uplot'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { compactText } from '../format/numbers.ts'
import { tick } from '../format/times.ts'
import { drawMarks, type Mark } from './marks.ts'
import { themeColor } from '../state/theme.ts'
import { stacked, type ChartSeries } from './series.ts'

/** What a chart shows: one value of each series for each bucket of time. */
export interface ChartData {
  readonly time: readonly Millis[]
  readonly bucket: Millis
  readonly series: readonly ChartSeries[]
  /** Times that are marked. */
  readonly marks?: readonly Mark[]
}

/** `stack`: bars, the first series lowest. `lines`: one line each. */
export type ChartKind = 'stack' | 'lines'

export interface PlotOptions {
  readonly kind: ChartKind
  readonly height: number
  readonly series: readonly ChartSeries[]
  readonly format: (value: number) => string
  /** The bucket under the cursor, `null` when it is elsewhere. */
  readonly onHover: (index: number | null) => void
}

/** A chart in `parent`; its series are fixed, `show` gives it other values, `redraw` other colours. */
export interface Plot {
  show(data: ChartData): void
  redraw(): void
  moveCursor(index: number | null): void
  resize(width: number): void
  destroy(): void
}

export function createPlot(parent: HTMLElement, options: PlotOptions): Plot {
  let data: ChartData = { time: [], bucket: SECOND_MS, series: options.series }
  const plot = new uPlot(
    {
      width: Math.max(1, parent.clientWidth),
      height: options.height,
      legend: { show: false },
      padding: [8, 4, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: 'time' } },
      scales: { x: { range: () => edges(data) }, y: { range: (_plot, _min, max) => [0, niceTop(max)] } },
      axes: [timeAxis(() => data), valueAxis(options.format)],
      series: [{}, ...(options.kind === 'stack' ? bars(options.series) : lines(options.series))],
      hooks: {
        setCursor: [({ cursor }) => options.onHover(cursor.idx ?? null)],
        draw: [plot => drawMarks(plot, data.marks ?? [])]
      }
    },
    undefined,
    parent
  )
  return {
    show(next) {
      data = next
      plot.setData(columns(next, options.kind))
    },
    redraw: () => plot.redraw(false),
    moveCursor(index) {
      const time = index === null ? undefined : plot.data[0][index]
      plot.setCursor({ left: time === undefined ? -10 : plot.valToPos(time, 'x'), top: 0 })
    },
    resize: width => plot.setSize({ width: Math.max(1, width), height: options.height }),
    destroy: () => plot.destroy()
  }
}

/** uPlot's columns: the middle of each bucket in seconds, then the series, the topmost of a stack first. */
function columns({ time, bucket, series }: ChartData, kind: ChartKind): uPlot.AlignedData {
  const middles = time.map(start => (start + bucket / 2) / SECOND_MS)
  const values = series.map(({ values }) => [...values])
  return [middles, ...(kind === 'stack' ? stacked(values).toReversed() : values)]
}

function edges({ time, bucket }: ChartData): [number, number] {
  const first = time[0] ?? 0
  return [first / SECOND_MS, ((time.at(-1) ?? first) + bucket) / SECOND_MS]
}

/** Room above the highest value, and an axis even where all values are 0. */
function niceTop(max: number | null): number {
  return max ? max * 1.08 : 1
}

/** Stacked bars are drawn from the tallest to the lowest, each over the one before. */
function bars(series: readonly ChartSeries[]): uPlot.Series[] {
  return series.toReversed().map(({ color }) => ({
    paths: barPaths,
    width: 0,
    points: { show: false },
    fill: () => themeColor(color)
  }))
}

const spaced = uPlot.paths.bars?.({ size: [1, Infinity], gap: 1 })
const dense = uPlot.paths.bars?.({ size: [1, Infinity], gap: 0 })

/** A gap between bars, but not where it would be as wide as they are. */
const barPaths: uPlot.Series.PathBuilder = (plot, ...rest) => {
  const width = plot.bbox.width / devicePixelRatio / plot.data[0].length
  return (width > 3 ? spaced : dense)?.(plot, ...rest) ?? null
}

function lines(series: readonly ChartSeries[]): uPlot.Series[] {
  return series.map(({ color }) => ({
    width: 1.5,
    points: { show: false },
    stroke: () => themeColor(color)
  }))
}

const FONT = '11px system-ui, sans-serif'

function timeAxis(data: () => ChartData): uPlot.Axis {
  return {
    font: FONT,
    size: 24,
    gap: 4,
    space: 72,
    stroke: () => themeColor('chart-text'),
    grid: { show: false },
    ticks: { show: false },
    values: (plot, splits, _axis, _space, step) =>
      splits.map(time => (fits(plot, time, data()) ? tick(time * SECOND_MS, step * SECOND_MS) : ''))
  }
}

/** Labels at the very edges would be cut. */
function fits(plot: uPlot, time: number, data: ChartData): boolean {
  const [from, to] = edges(data)
  const margin = ((to - from) * 24) / Math.max(1, plot.bbox.width / devicePixelRatio)
  return time - from >= margin && to - time >= margin
}

function valueAxis(format: (value: number) => string = compactText): uPlot.Axis {
  return {
    font: FONT,
    size: (_plot, labels) => labelWidth(labels),
    gap: 4,
    space: 36,
    stroke: () => themeColor('chart-text'),
    grid: { stroke: () => themeColor('chart-grid'), width: 1 },
    ticks: { show: false },
    values: (_plot, splits) => splits.map(format)
  }
}

/** Room for the longest label at about 6.5 px a character. */
function labelWidth(labels: readonly string[] | null): number {
  return 10 + 6.5 * Math.max(3, ...(labels ?? []).map(label => label?.length ?? 0))
}
