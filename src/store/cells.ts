import type { DuckDBConnection } from '@duckdb/node-api'
import type { Rollup } from '../core/rollup.ts'
import type { Sketch } from '../core/sketch.ts'
import type { Entry } from './dictionaries.ts'
import { packSketch } from './rollups.ts'
import { OTHER_KEY } from './schema.ts'
import { codesOf, type FreshNames, type StoreNumbering } from './numbering.ts'
import { appendRows } from './vectors.ts'

/** Cells as rows of the tables `rollups` and `sketches`. */
export interface RollupRows {
  /** Columns of `rollups` but the tier. */
  readonly keys: Readonly<Record<'start' | 'source' | 'metric' | 'key' | 'count' | 'sum', number[]>>
  readonly sketches: SketchRow[]
}

/** The aggregated keys of one cell; `source` and `metric` by their numbers. */
export interface SketchRow {
  readonly start: number
  readonly source: number
  readonly metric: number
  readonly sketch: Sketch
}

/** Numbers the names and keys of cells, of metrics or of signals; those that are new go into `fresh` and `entries`. */
export function encodeCells(
  rollup: Rollup,
  type: 'metric' | 'signal',
  numbering: StoreNumbering,
  fresh: FreshNames,
  entries: Entry[]
): RollupRows {
  const keys: RollupRows['keys'] = { start: [], source: [], metric: [], key: [], count: [], sum: [] }
  const sketches: SketchRow[] = []
  for (const cell of rollup.values()) {
    const source = numbering.names.source(cell.source, fresh)
    const metric = numbering.names.field(type, cell.metric, fresh)
    const add = (key: number, count: number, sum: number): void => {
      keys.start.push(cell.window)
      keys.source.push(source)
      keys.metric.push(metric)
      keys.key.push(key)
      keys.count.push(count)
      keys.sum.push(sum)
    }
    const codes = codesOf(numbering, metric)
    for (const [key, { count, sum }] of cell.keys) {
      const known = codes.find(key)
      const code = known ?? codes.add(key)
      if (known === undefined) entries.push({ field: metric, code, value: key, raw: undefined })
      add(code, count, sum)
    }
    if (cell.other.count !== 0 || cell.other.sum !== 0) add(OTHER_KEY, cell.other.count, cell.other.sum)
    if (cell.sketch) sketches.push({ start: cell.window, source, metric, sketch: cell.sketch })
  }
  return { keys, sketches }
}

/** Appends cells, not merged yet: as tier 0 (see compaction.ts). */
export async function appendCells(connection: DuckDBConnection, rows: RollupRows): Promise<void> {
  const { start, source, metric, key, count, sum } = rows.keys
  await appendRows(connection, 'rollups', [start, 0, source, metric, key, count, sum])
  await appendSketches(connection, rows.sketches, 0)
}

/** Appends sketches of aggregated keys as one tier. */
export function appendSketches(
  connection: DuckDBConnection,
  sketches: readonly SketchRow[],
  tier: number
): Promise<void> {
  const column = (name: 'start' | 'source' | 'metric'): number[] => sketches.map(row => row[name])
  const packed = sketches.map(row => packSketch(row.sketch))
  return appendRows(connection, 'sketches', [
    column('start'),
    tier,
    column('source'),
    column('metric'),
    packed
  ])
}
