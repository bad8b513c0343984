import type { DuckDBConnection } from '@duckdb/node-api'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { isHidden } from '../core/hidden.ts'
import { addKey, addToOther, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { createSketch, mergeSketch, type Sketch } from '../core/sketch.ts'
import type { Micros } from '../core/time.ts'
import { OTHER_KEY } from './schema.ts'
import { blobBytes, select, whole } from './sql.ts'

/**
 * Which cells to read. Windows with `from <= start < to`; all where a bound is left out. Cells of `ALL_TIME` are
 * read only where neither is given.
 */
export interface CellQuery {
  readonly from?: Micros
  readonly to?: Micros
  readonly sources?: readonly string[]
  readonly metrics?: readonly string[]
  /** Windows are merged into buckets of this size, or those that start then (ascending); `all` merges them into one of `ALL_TIME`. */
  readonly bucket?: Micros | 'all' | readonly Micros[]
}

/** Reads cells, of metrics or of signals, and merges those of the same window, source and metric. */
export async function readCells(
  connection: DuckDBConnection,
  cells: CellQuery,
  type: 'metric' | 'signal' = 'metric'
): Promise<Rollup> {
  const { where, values } = filterOf(cells, type)
  const { start, join } = bucketSql(cells.bucket)
  const names = 'join sources s on s.id = r.source join fields f on f.id = r.metric'
  const rollup: Rollup = new Map()
  const keyed = await select(
    connection,
    `with r as (
       select ${start} as start, source, metric, key, sum(count) as count, sum(sum) as sum
       from rollups ${join} ${where} group by all)
     select r.start::double, s.name, f.name, r.key, d.value, r.count, r.sum
     from r ${names} left join dictionary d on d.field = r.metric and d.code = r.key`,
    values
  )
  for (const [window, source, metric, key, value, count, sum] of keyed) {
    const cell = cellOf(rollup, Number(window), String(source), String(metric))
    if (key !== OTHER_KEY) addKey(cell, String(value), Number(count), Number(sum))
    else addToOther(cell, Number(count), Number(sum))
  }
  // The number of keys is estimated of those alone that are in `other`, or hidden.
  if (!keyed.some(([, , , key, value]) => key === OTHER_KEY || isHidden(String(value)))) return rollup
  const sketches = await select(
    connection,
    `with r as (select ${start} as start, source, metric, sketch from sketches ${join} ${where})
     select r.start::double, s.name, f.name, r.sketch from r ${names}`,
    values
  )
  for (const [window, source, metric, stored] of sketches) {
    const cell = cellOf(rollup, Number(window), String(source), String(metric))
    mergeSketch((cell.sketch ??= createSketch()), unpackSketch(blobBytes(stored)))
  }
  return rollup
}

function bucketSql(bucket: CellQuery['bucket']): { readonly start: string; readonly join: string } {
  if (typeof bucket === 'object') return bucketsSql(bucket, 'start')
  if (bucket === 'all') return { start: `${ALL_TIME}`, join: '' }
  if (bucket === undefined) return { start: 'start', join: '' }
  return { start: `case when start = ${ALL_TIME} then start else ${floorSql(bucket)} end`, join: '' }
}

/** What joins to rows the buckets that their times are in, those that start then (ascending); the first takes what is before it. */
export function bucketsSql(
  starts: readonly Micros[] | undefined,
  time: string
): { readonly start: string; readonly join: string } {
  if (!starts) return { start: time, join: '' }
  const list = starts.map(whole).join(', ')
  const first = whole(starts[0] ?? 0)
  return {
    start: 'buckets.bucket',
    join: `asof join (select unnest([${list}]::bigint[]) as bucket) buckets on greatest(${time}, ${first}) >= buckets.bucket`
  }
}

/** SQL of the start of the bucket of a size that a window is in. */
export function floorSql(size: Micros): string {
  return `start - ((start % ${whole(size)}) + ${whole(size)}) % ${whole(size)}`
}

function filterOf(
  { from, to, sources, metrics }: CellQuery,
  type: 'metric' | 'signal'
): { where: string; values: string[] } {
  const parts: string[] = []
  const values: string[] = []
  const oneOf = (texts: readonly string[]): string =>
    texts.map(text => `$${values.push(text)}`).join(', ') || 'null'
  if (from !== undefined || to !== undefined) parts.push(`start <> ${ALL_TIME}`)
  if (from !== undefined) parts.push(`start >= ${whole(from)}`)
  if (to !== undefined) parts.push(`start < ${whole(to)}`)
  if (sources) parts.push(`source in (select id from sources where name in (${oneOf(sources)}))`)
  const named = metrics ? ` and name in (${oneOf(metrics)})` : ''
  parts.push(`metric in (select id from fields where type = '${type}'${named})`)
  return { where: `where ${parts.join(' and ')}`, values }
}

/** A sketch as table `sketches` has it: few of the 4096 registers are set in a cell of one commit. */
export function packSketch(sketch: Sketch): Uint8Array {
  return deflateRawSync(sketch, { level: 1 })
}

/** The inverse of `packSketch`. */
export function unpackSketch(stored: Uint8Array): Sketch {
  const sketch = createSketch()
  sketch.set(inflateRawSync(stored))
  return sketch
}
