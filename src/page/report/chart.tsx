import type { JSX } from 'preact'
import type { BlockSeries, ChartBlock } from '../../reports/block.ts'
import { chartSummary, markTime } from '../../reports/chart/summary.ts'
import { chartSvg, numberedMarks } from '../../reports/chart/svg.ts'
import type { WriteValue } from '../../reports/value.ts'
import { lastOf, Legend, sum } from '../charts/legend.tsx'
import { LogText } from '../parts/log-text.tsx'
import { CHART_LOOK, type ScriptChart } from './chart-look.ts'
import { BlockTitle, idOf, type TitleLevel } from './block-title.tsx'

interface ChartProps {
  readonly block: ChartBlock
  readonly level: TitleLevel
  readonly write: WriteValue
  readonly zone: string
}

/**
 * A chart with its legend, its marks in words, and its values as a table. It is an image as it stands; a script draws it anew in the
 * width that there is, and shows the values of the bucket pointed at.
 */
export function ReportChart({ block, level, write, zone }: ChartProps): JSX.Element {
  const id = idOf(block.name)
  return (
    <section class="panel chart" id={id} data-chart>
      <BlockTitle block={block} level={level} note={zone}>
        <SeriesLegend block={block} write={write} />
      </BlockTitle>
      <div class="scroll">
        <div
          class="canvas"
          role="img"
          aria-label={chartSummary(block, zone)}
          dangerouslySetInnerHTML={{ __html: chartSvg(block, zone, { ...CHART_LOOK, width: 1080 }) }}
        />
      </div>
      {block.marks.length > 0 && <Marks block={block} write={write} />}
      <Values block={block} write={write} />
      <script type="application/json" dangerouslySetInnerHTML={{ __html: scriptJson(dataOf(block, zone)) }} />
    </section>
  )
}

/** What the script draws, without the texts of marks: these stand in the list. */
function dataOf({ marks, ...chart }: ChartBlock, zone: string): ScriptChart {
  return {
    zone,
    chart: { ...chart, title: '', marks: marks.map(mark => ({ ...mark, label: '' })) }
  }
}

function SeriesLegend({ block, write }: Pick<ChartProps, 'block' | 'write'>): JSX.Element {
  const [{ unit } = { unit: 'count' } as const] = block.series
  const series = block.series.map(({ label, tone, values, ...one }) => ({
    name: label,
    color: `tone-${tone}`,
    values: values.map(value => value ?? null),
    format: (value: number) => write(value, one.unit)
  }))
  const adds = block.series.every(one => one.unit === 'count' || one.unit === 'bytes')
  return (
    <Legend series={series} index={null} format={value => write(value, unit)} whole={adds ? sum : lastOf} />
  )
}

function Marks({ block, write }: Pick<ChartProps, 'block' | 'write'>): JSX.Element {
  return (
    <ol class="marks">
      {numberedMarks(block).map((mark, i) => (
        <li key={i} class={`tone-${mark.tone}`}>
          <LogText text={mark.label} title={null} /> <span class="faint">{markTime(mark, write)}</span>
        </li>
      ))}
    </ol>
  )
}

function Values({ block: { title, time, series }, write }: Pick<ChartProps, 'block' | 'write'>): JSX.Element {
  return (
    <details class="values">
      <summary>Values</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label="Values">
        <table>
          <caption class="hidden">
            <LogText text={title} title={null} />
          </caption>
          <thead>
            <tr>
              <th scope="col" class="text">
                From
              </th>
              {series.map(({ label }) => (
                <th key={label} scope="col">
                  <LogText text={label} title={null} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {time.map((from, i) => (
              <tr key={from}>
                <th scope="row">{write(from, 'time')}</th>
                {series.map(one => (
                  <ValueCell key={one.label} series={one} index={i} write={write} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}

interface ValueCellProps {
  readonly series: BlockSeries
  readonly index: number
  readonly write: WriteValue
}

function ValueCell({ series: { values, unit }, index, write }: ValueCellProps): JSX.Element {
  return <td>{write(values[index], unit)}</td>
}

/** A value as a script reads it: JSON that cannot end the element it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`)
}
