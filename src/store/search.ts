import type { DuckDBConnection } from '@duckdb/node-api'
import { query } from './database.ts'
import { whole } from './sql.ts'
import { filterSql, type LineFilter } from './where.ts'

/** Microseconds of the steps that a search can count by. */
const STEPS = { minute: 60e6, hour: 3600e6, day: 86_400e6 } as const

/** A pattern looked for in one text field, counted over time. */
export interface SearchQuery extends Omit<LineFilter, 'where'> {
  readonly field: string
  /** Compared with the whole decoded text; `*` is any text, also none. */
  readonly pattern: string
  readonly by: keyof typeof STEPS
}

/** Lines found in one step of UTC; `time` is its start in microseconds since 1970. */
export interface SearchCount {
  readonly time: number
  readonly count: number
}

/** Counts the lines found by step, oldest first; steps without any are left out. */
export async function search(connection: DuckDBConnection, sought: SearchQuery): Promise<SearchCount[]> {
  const { field, pattern, by, ...filter } = sought
  const where = await filterSql(connection, { ...filter, where: [{ field, matches: pattern }] })
  const size = whole(STEPS[by])
  const rows = await query(
    connection,
    `select (step * ${size})::double, count from (
       select epoch_us(e.time) // ${size} - (epoch_us(e.time) % ${size} < 0)::int as step, count(*) as count
       from events e ${where.sql} group by step) order by step`,
    where.values
  )
  return rows.map(([time, count]) => ({ time: Number(time), count: Number(count) }))
}
