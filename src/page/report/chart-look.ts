import type { ChartBlock } from '../../reports/block.ts'
import type { ChartColor, ChartLook } from '../../reports/chart/svg.ts'

/** What a chart leaves for its script. */
export interface ScriptChart {
  readonly zone: string
  readonly chart: ChartBlock
}

/** How charts look on paper and screens, in the colours of the style sheet. */
export const CHART_LOOK: Omit<ChartLook, 'width'> = { height: 236, color: colorOf, font: 'inherit' }

function colorOf(of: ChartColor): string {
  if (of === 'text' || of === 'grid') return `var(--chart-${of})`
  return of === 'unknown' ? 'var(--sunken)' : `var(--tone-${of})`
}
