import {
  BIGINT,
  BLOB,
  DOUBLE,
  INTEGER,
  SMALLINT,
  UTINYINT,
  type DuckDBConnection,
  type DuckDBValue
} from '@duckdb/node-api'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { addKey, ALL_TIME, cellOf, mergeCell, type Cell, type Rollup } from '../core/rollup.ts'
import { createSketch, type Sketch } from '../core/sketch.ts'
import { appendTo, blobs, constant, numbers } from './append.ts'
import { query } from './database.ts'
import type { Entry } from './dictionaries.ts'
import type { FreshNames } from './names.ts'
import { OTHER_KEY } from './schema.ts'
import { whole } from './sql.ts'
import { codesOf, type Numbering } from './stage.ts'
import { appendColumns } from './vectors.ts'

/** Cells as rows of the tables `rollups` and `sketches`. */
export interface RollupRows {
  readonly start: number[]
  readonly source: number[]
  readonly metric: number[]
  readonly key: number[]
  readonly count: number[]
  readonly sum: number[]
  readonly sketches: { start: number; source: number; metric: number; sketch: Sketch }[]
}

/** Numbers the names and keys of cells; those that are new go into `fresh` and `entries`. */
export function encodeCells(
  rollup: Rollup,
  numbering: Numbering,
  fresh: FreshNames,
  entries: Entry[]
): RollupRows {
  const rows: RollupRows = { start: [], source: [], metric: [], key: [], count: [], sum: [], sketches: [] }
  for (const cell of rollup.values()) {
    const source = numbering.names.source(cell.source, fresh)
    const metric = numbering.names.field('metric', cell.metric, fresh)
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
      const { code, fresh: isNew } = codes.codeOf(key)
      if (isNew) entries.push({ field: metric, code, value: key, raw: undefined })
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
        // Few of the 4096 registers are set in a cell of one commit.
        blobs(sketches.map(row => deflateRawSync(row.sketch, { level: 1 })))
      ],
      sketches.length
    )
  )
}

/** Which cells to read. Windows with `from <= start < to`; all where a bound is left out. */
export interface CellQuery {
  /** Microseconds since 1970. */
  readonly from?: number
  readonly to?: number
  readonly sources?: readonly string[]
  readonly metrics?: readonly string[]
  /** Microseconds: windows are merged into buckets of this size; `all` merges them into one of `ALL_TIME`. */
  readonly bucket?: number | 'all'
}

/** Reads and merges cells. Windows of `ALL_TIME` are kept apart from those with a time. */
export async function readCells(connection: DuckDBConnection, cells: CellQuery): Promise<Rollup> {
  const { where, values } = filterOf(cells)
  const start = bucketSql(cells.bucket)
  const names = 'join sources s on s.id = r.source join fields f on f.id = r.metric'
  const rollup: Rollup = new Map()
  const keyed = await query(
    connection,
    `with r as (
       select ${start} as start, source, metric, key, sum(count) as count, sum(sum) as sum
       from rollups ${where} group by all)
     select r.start::double, s.name, f.name, r.key, d.value, r.count, r.sum
     from r ${names} left join dictionary d on d.field = r.metric and d.code = r.key`,
    values
  )
  for (const [window, source, metric, key, value, count, sum] of keyed) {
    const cell = cellOf(rollup, Number(window), String(source), String(metric))
    if (key !== OTHER_KEY) addKey(cell, String(value), Number(count), Number(sum))
    else {
      cell.other.count += Number(count)
      cell.other.sum += Number(sum)
    }
  }
  const sketches = await query(
    connection,
    `with r as (select ${start} as start, source, metric, sketch from sketches ${where})
     select r.start::double, s.name, f.name, r.sketch from r ${names}`,
    values
  )
  for (const [window, source, metric, sketch] of sketches)
    addSketch(cellOf(rollup, Number(window), String(source), String(metric)), sketch)
  return rollup
}

function addSketch(cell: Cell, stored: DuckDBValue | undefined): void {
  if (typeof stored !== 'object' || stored === null || !('bytes' in stored)) return
  const sketch = createSketch()
  sketch.set(inflateRawSync(stored.bytes))
  mergeCell(cell, { ...cell, keys: new Map(), other: { count: 0, sum: 0 }, sketch })
}

function bucketSql(bucket: number | 'all' | undefined): string {
  if (bucket === undefined) return 'start'
  if (bucket === 'all') return `${ALL_TIME}`
  const size = whole(bucket)
  return `case when start = ${ALL_TIME} then start else start - ((start % ${size}) + ${size}) % ${size} end`
}

function filterOf({ from, to, sources, metrics }: CellQuery): { where: string; values: string[] } {
  const parts: string[] = []
  const values: string[] = []
  const oneOf = (texts: readonly string[]): string =>
    texts.map(text => `$${values.push(text)}`).join(', ') || 'null'
  if (from !== undefined) parts.push(`start >= ${whole(from)}`)
  if (to !== undefined) parts.push(`start < ${whole(to)}`)
  if (sources) parts.push(`source in (select id from sources where name in (${oneOf(sources)}))`)
  if (metrics)
    parts.push(`metric in (select id from fields where type = 'metric' and name in (${oneOf(metrics)}))`)
  return { where: parts.length > 0 ? `where ${parts.join(' and ')}` : '', values }
}
