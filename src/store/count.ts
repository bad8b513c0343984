import type { DuckDBConnection } from '@duckdb/node-api'
import { query } from './database.ts'
import { whole } from './sql.ts'
import { filterSql, type LineFilter } from './where.ts'

/** Microseconds of the steps of time that lines can be counted by. */
export const STEPS = { minute: 60e6, hour: 3600e6, day: 86_400e6 } as const

export interface CountQuery extends LineFilter {
  readonly by: keyof typeof STEPS
}

/** Lines found in one step of UTC; `time` is its start in microseconds since 1970. */
export interface LineCount {
  readonly time: number
  readonly count: number
}

/** Counts the lines found by step, oldest first; steps without any are left out. */
export async function countLines(
  connection: DuckDBConnection,
  { by, ...filter }: CountQuery
): Promise<LineCount[]> {
  const where = await filterSql(connection, filter)
  const rows = await query(
    connection,
    `select step::double, count from (
       select ${stepSql(STEPS[by])} as step, count(*) as count from events e ${where.sql} group by step) order by step`,
    where.values
  )
  return rows.map(([time, count]) => ({ time: Number(time), count: Number(count) }))
}

/** The start of a line's step of time; it and `step` are in microseconds. */
export function stepSql(step: number): string {
  const size = whole(step)
  return `(epoch_us(e.time) // ${size} - (epoch_us(e.time) % ${size} < 0)::int) * ${size}`
}
