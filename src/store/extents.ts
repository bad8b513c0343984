import type { DuckDBConnection } from '@duckdb/node-api'
import { ALL_TIME } from '../core/rollup.ts'
import { DAY, type Micros } from '../core/time.ts'
import { select } from './sql.ts'

/** Times of the oldest and the newest line. */
export interface Extent {
  readonly first: Micros
  readonly last: Micros
}

/**
 * The extent of each source by its number, of lines and of what was counted of them. A window begins before its lines, by
 * less than a day: where the first line is kept, its time is exact. Of a last window without lines only the start is known.
 */
export async function extentsOf(connection: DuckDBConnection): Promise<Map<number, Extent>> {
  const rows = await select(
    connection,
    `with lines as (
       select source, epoch_us(min(time)) as first, epoch_us(max(time)) as last from events group by source),
     cells as (
       select source, min(start) as first, max(start) as last from rollups where start <> ${ALL_TIME} group by source)
     select source,
       if(lines.first - cells.first between 0 and ${DAY}, lines.first, least(lines.first, cells.first))::double,
       greatest(lines.last, cells.last)::double
     from lines full join cells using (source)`
  )
  return new Map(
    rows.map(([source, first, last]) => [Number(source), { first: Number(first), last: Number(last) }])
  )
}

/** The extent of some sources, of all where none are named; `undefined` where they have no line. */
export async function extentOf(
  connection: DuckDBConnection,
  sources: readonly string[] | undefined
): Promise<Extent | undefined> {
  const extents = await extentsOf(connection)
  const names = await select(connection, 'select id, name from sources')
  const found = names.flatMap(([id, name]) =>
    sources?.includes(String(name)) === false ? [] : (extents.get(Number(id)) ?? [])
  )
  if (found.length === 0) return undefined
  return {
    first: Math.min(...found.map(({ first }) => first)),
    last: Math.max(...found.map(({ last }) => last))
  }
}
