import { readingOf, type CellReading } from '../core/readings.ts'
import { mergeSources, type ClosedWindow } from './windows.ts'

/** The results of one closed window, as one line of JSON in the file of `visor watch --output`. */
export interface WindowRecord {
  /** Start and end of the window, ISO 8601. */
  readonly from: string
  readonly to: string
  readonly metrics: Readonly<Record<string, CellReading>>
}

/** All sources of a window together, with the `top` largest keys of each metric. */
export function windowRecord({ from, to, rollup }: ClosedWindow, top: number): WindowRecord {
  const cells = [...mergeSources(rollup).values()].sort((a, b) => (a.metric < b.metric ? -1 : 1))
  return {
    from: new Date(from / 1000).toISOString(),
    to: new Date(to / 1000).toISOString(),
    metrics: Object.fromEntries(cells.map(cell => [cell.metric, readingOf(cell, top)]))
  }
}
