import type { DuckDBConnection } from '@duckdb/node-api'
import { joinTexts } from './questions/filter.ts'
import { columnOf, IS_COLUMN } from './schema.ts'
import { selectAs } from './sql.ts'

/** The view's columns that every line has, and what they are made of. */
const FIXED: readonly (readonly [name: string, sql: string])[] = [
  ['time', 'e.time'],
  ['zone', 'e.zone'],
  ['source', '(select name from sources where id = e.source)'],
  ['kind', '(select any_value(kind) from formats where id = e.format)']
]

/**
 * Makes the view `log` anew: the events with plain names and the texts themselves, for people who write SQL.
 * The engine joins the dictionary for each text field, named in a query or not (5 M rows: 0.1 s each), so that
 * Visor's own queries go to the tables.
 */
export async function createView(connection: DuckDBConnection): Promise<void> {
  const columns = FIXED.map(([name, sql]) => `${sql} as ${name}`)
  const joins: string[] = []
  // Names that differ in case alone are one name to SQL; the first keeps it.
  const taken = new Set(FIXED.map(([name]) => name))
  const fields = await selectAs(
    connection,
    { id: Number, type: String, field: String },
    `select id, type, name from fields where ${IS_COLUMN} order by id = 0, id`
  )
  for (const { id, type, field } of fields) {
    // A NUL would end the statement.
    const name = field.replaceAll('\0', '')
    const unique = taken.has(name.toLowerCase()) ? `${name}_${id}` : name
    taken.add(unique.toLowerCase())
    const quoted = `"${unique.replaceAll('"', '""')}"`
    if (type === 'number') columns.push(`e.${columnOf(id)} as ${quoted}`)
    else {
      columns.push(`d${id}.value as ${quoted}`)
      joins.push(joinTexts(`dictionary where field = ${id}`, `d${id}`, `e.${columnOf(id)}`))
    }
  }
  await connection.run(
    `create or replace view log as select ${columns.join(', ')} from events e ${joins.join(' ')}`
  )
}
