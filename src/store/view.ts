import type { DuckDBConnection } from '@duckdb/node-api'
import { query } from './database.ts'
import { columnOf } from './schema.ts'

/** Names of the view's fixed columns, and what they are made of. */
const FIXED: readonly (readonly [string, string])[] = [
  ['time', 'e.time'],
  ['zone', 'e.zone'],
  ['source', '(select name from sources where id = e.source)'],
  ['kind', '(select any_value(kind) from formats where id = e.format)']
]

/** Makes the view `log` anew, with all fields. */
export async function createView(connection: DuckDBConnection): Promise<void> {
  await connection.run(`create or replace view log as ${await viewSql(connection, () => true)}`)
}

/**
 * SQL of the events with plain names and the texts themselves. Each text field costs a join, used or not, so
 * that a query runs faster over a view of only the fields it names.
 */
export async function viewSql(
  connection: DuckDBConnection,
  wanted: (name: string) => boolean
): Promise<string> {
  const columns = FIXED.filter(([name]) => wanted(name)).map(([name, sql]) => `${sql} as ${name}`)
  const joins: string[] = []
  // Names that differ in case alone are one name to SQL; the first keeps it.
  const taken = new Set(FIXED.map(([name]) => name))
  const fields = await query(
    connection,
    "select id, type, name from fields where type <> 'metric' order by id = 0, id"
  )
  for (const [number, type, fieldName] of fields) {
    const id = Number(number)
    const name = String(fieldName)
    const unique = taken.has(name.toLowerCase()) ? `${name}_${id}` : name
    taken.add(unique.toLowerCase())
    if (!wanted(unique)) continue
    const quoted = `"${unique.replaceAll('"', '""')}"`
    if (type === 'number') columns.push(`e.${columnOf(id)} as ${quoted}`)
    else {
      columns.push(`d${id}.value as ${quoted}`)
      joins.push(
        `left join (select code, any_value(value) as value from dictionary where field = ${id} group by code) d${id}
         on d${id}.code = e.${columnOf(id)}`
      )
    }
  }
  return `select ${columns.join(', ') || '1 as one'} from events e ${joins.join(' ')}`
}
