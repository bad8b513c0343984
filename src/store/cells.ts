import { BIGINT, BLOB, DOUBLE, INTEGER, SMALLINT, UTINYINT, type DuckDBConnection } from '@duckdb/node-api'
import type { Rollup } from '../core/rollup.ts'
import type { Sketch } from '../core/sketch.ts'
import { appendTo, blobs, constant, numbers } from './append.ts'
import type { Entry } from './dictionaries.ts'
import { packSketch } from './rollups.ts'
import { OTHER_KEY } from './schema.ts'
import { codesOf, type FreshNames, type StoreNumbering } from './numbering.ts'
import { appendColumns } from './vectors.ts'

/** Cells as rows of the tables `rollups` and `sketches`. */
export interface RollupRows {
  readonly start: number[]
  readonly source: number[]
  readonly metric: number[]
  readonly key: number[]
  readonly count: number[]
  readonly sum: number[]
  readonly sketches: SketchRow[]
}

/** The folded keys of one cell; `source` and `metric` by their numbers. */
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
  const rows: RollupRows = { start: [], source: [], metric: [], key: [], count: [], sum: [], sketches: [] }
  for (const cell of rollup.values()) {
    const source = numbering.names.source(cell.source, fresh)
    const metric = numbering.names.field(type, cell.metric, fresh)
    const add = (key: number, count: number, sum: number): void => {
      rows.start.push(cell.window)
      rows.source.push(source)
      rows.metric.push(metric)
      rows.key.push(key)
      rows.count.push(count)
      rows.sum.push(sum)
    }
    const codes = codesOf(numbering, metric)
    for (const [key, { count, sum }] of cell.keys) {
      const known = codes.find(key)
      const code = known ?? codes.add(key)
      if (known === undefined) entries.push({ field: metric, code, value: key, raw: undefined })
      add(code, count, sum)
    }
    if (cell.other.count !== 0 || cell.other.sum !== 0) add(OTHER_KEY, cell.other.count, cell.other.sum)
    if (cell.sketch) rows.sketches.push({ start: cell.window, source, metric, sketch: cell.sketch })
  }
  return rows
}

/** Appends cells as one tier (see compaction.ts). */
export async function appendCells(
  connection: DuckDBConnection,
  rows: RollupRows,
  tier: number
): Promise<void> {
  const { start, source, metric, key, count, sum, sketches } = rows
  if (start.length > 0)
    await appendTo(connection, 'rollups', appender =>
      appendColumns(
        appender,
        [BIGINT, UTINYINT, SMALLINT, SMALLINT, INTEGER, DOUBLE, DOUBLE],
        [
          numbers(start),
          constant(tier),
          numbers(source),
          numbers(metric),
          numbers(key),
          numbers(count),
          numbers(sum)
        ],
        start.length
      )
    )
  await appendSketches(connection, sketches, tier)
}

/** Appends sketches of folded keys. */
export async function appendSketches(
  connection: DuckDBConnection,
  sketches: readonly SketchRow[],
  tier: number
): Promise<void> {
  if (sketches.length === 0) return
  await appendTo(connection, 'sketches', appender =>
    appendColumns(
      appender,
      [BIGINT, UTINYINT, SMALLINT, SMALLINT, BLOB],
      [
        numbers(sketches.map(row => row.start)),
        constant(tier),
        numbers(sketches.map(row => row.source)),
        numbers(sketches.map(row => row.metric)),
        blobs(sketches.map(row => packSketch(row.sketch)))
      ],
      sketches.length
    )
  )
}
