import { CHART_EDGES, chartSvg } from '../../../reports/chart/svg.ts'
import type { ChartBlock } from '../../../reports/block.ts'
import { valueWriter, type WriteValue } from '../../../reports/value.ts'
import { isInLegend, movedCursor } from '../../charts/legend.tsx'
import { CHART_LOOK, type ScriptChart } from '../chart-look.ts'

/** Below this the axes leave no room. */
const LEAST_WIDTH = 280

/** Draws each chart anew in the width that there is, and shows the values of the bucket pointed at. */
export function drawCharts(): void {
  for (const panel of document.querySelectorAll<HTMLElement>('[data-chart]')) {
    const data = panel.querySelector('script')?.textContent
    const canvas = panel.querySelector<HTMLElement>('.canvas')
    if (data && canvas) drawChart(panel, canvas, restored(JSON.parse(data)))
  }
}

/** JSON has `null` for what is unknown. */
function restored({ zone, chart }: ScriptChart): ScriptChart {
  const series = chart.series.map(one => ({ ...one, values: one.values.map(value => value ?? undefined) }))
  return { zone, chart: { ...chart, series } }
}

function drawChart(panel: HTMLElement, canvas: HTMLElement, { chart, zone }: ScriptChart): void {
  const write = valueWriter(zone)
  const last = chart.time.length - 1
  const cursor = document.createElement('i')
  cursor.className = 'cursor'
  let [width, at]: [number, number | null] = [0, null]
  const legend = legendOf(panel, chart, write)
  const when = panel.querySelector<HTMLElement>('.head .faint bdi')
  const whenText = when?.textContent ?? ''

  const point = (index: number | null): void => {
    at = index
    cursor.hidden = index === null
    const [left, right] = [CHART_EDGES.left, width - CHART_EDGES.right]
    const span = chart.to - (chart.time[0] ?? 0)
    const x = (time: number): number => left + ((right - left) * (time - (chart.time[0] ?? 0))) / span
    if (index !== null) {
      const from = chart.time[index] ?? 0
      const to = chart.time[index + 1] ?? chart.to
      cursor.style.left = `${x(from)}px`
      cursor.style.width = `${Math.max(1, x(to) - x(from))}px`
      if (when) when.textContent = `${write(from, 'time')} to ${write(to, 'time')}`
    } else if (when) when.textContent = whenText
    legend(index)
  }

  const draw = (): void => {
    width = Math.max(LEAST_WIDTH, Math.floor(canvas.clientWidth))
    canvas.innerHTML = chartSvg(chart, zone, { ...CHART_LOOK, width })
    canvas.append(cursor)
    point(at)
  }

  canvas.classList.add('drawn')
  canvas.tabIndex = 0
  canvas.addEventListener('pointermove', event => {
    const [left, right] = [CHART_EDGES.left, width - CHART_EDGES.right]
    const share = (event.clientX - canvas.getBoundingClientRect().left - left) / (right - left)
    const time = (chart.time[0] ?? 0) + share * (chart.to - (chart.time[0] ?? 0))
    const index = chart.time.findLastIndex(start => start <= time)
    point(share < 0 || share > 1 || index < 0 ? null : index)
  })
  canvas.addEventListener('pointerleave', () => point(null))
  canvas.addEventListener('blur', () => point(null))
  canvas.addEventListener('keydown', event => {
    const next = movedCursor(event.key, at, last)
    if (next === undefined) return
    event.preventDefault()
    point(next)
  })
  new ResizeObserver(() => {
    if (Math.max(LEAST_WIDTH, Math.floor(canvas.clientWidth)) !== width) draw()
  }).observe(canvas)
  draw()
}

/** Shows the values of a bucket in the legend; those of the whole period for `null`. */
function legendOf(
  panel: HTMLElement,
  { series }: ChartBlock,
  write: WriteValue
): (index: number | null) => void {
  const shown = series.filter(isInLegend)
  const values = [...panel.querySelectorAll('.legend b')].map(element => ({
    element,
    whole: element.textContent
  }))
  return index =>
    values.forEach(({ element, whole }, i) => {
      const one = shown[i]
      element.textContent = index === null || !one ? whole : write(one.values[index], one.unit)
    })
}
