import type { DuckDBConnection } from '@duckdb/node-api'
import { query } from './database.ts'
import { DERIVED, derive } from './derived.ts'
import { columnOf } from './schema.ts'
import { whole } from './sql.ts'
import { fieldsOf, filterSql, type LineFilter } from './where.ts'

export interface SignatureQuery extends LineFilter {
  /** Default 100. */
  readonly limit?: number
}

/** Messages of error logs that differ in numbers, paths, addresses and ids alone. */
export interface Signature {
  readonly signature: string
  /** Level of the last of them. */
  readonly level: string | null
  readonly count: number
  /** Times of the first and the last, in microseconds since 1970. */
  readonly first: number
  readonly last: number
  /** The last of the messages. */
  readonly example: string
}

/** The messages of error logs, grouped; the one seen last first. */
export async function findSignatures(
  connection: DuckDBConnection,
  sought: SignatureQuery
): Promise<Signature[]> {
  const fields = await fieldsOf(connection)
  const message = fields.get('message')
  if (!message) return []
  await derive(connection, ['signature'], fields)
  const where = await filterSql(connection, sought)
  const level = fields.get('level')
  const rows = await query(
    connection,
    `with found as (
       select s.value as signature, count(*) as count, min(e.time) as first, max(e.time) as last,
         arg_max(e.${columnOf(message.id)}, e.time) as message, ${level ? `arg_max(e.${columnOf(level.id)}, e.time)` : '0'} as level
       from events e join (select code, value from ${DERIVED} where name = 'signature') s on s.code = e.${columnOf(message.id)}
       ${where.sql} group by 1 order by last desc, count desc limit ${whole(sought.limit ?? 100)})
     select signature, ${level ? textSql(level.id, 'f.level') : 'null'}, count::double, epoch_us(first)::double,
       epoch_us(last)::double, ${textSql(message.id, 'f.message')}
     from found f order by last desc, count desc`,
    where.values
  )
  return rows.map(([signature, level, count, first, last, example]) => ({
    signature: String(signature),
    level: typeof level === 'string' ? level : null,
    count: Number(count),
    first: Number(first),
    last: Number(last),
    example: String(example)
  }))
}

function textSql(field: number, code: string): string {
  return `(select any_value(value) from dictionary where field = ${field} and code = ${code})`
}
