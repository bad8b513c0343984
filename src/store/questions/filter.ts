import type { DuckDBConnection } from '@duckdb/node-api'
import { VisorError } from '../../core/errors.ts'
import type { Micros } from '../../core/time.ts'
import { derivationOf } from '../../derived/index.ts'
import { querySql, termsOf, type Query, type SqlTable } from '../../query/index.ts'
import { columnOf, DERIVED, IS_COLUMN, LINE_FIELD } from '../schema.ts'
import { select, whole } from '../sql.ts'
import type { LineFields, StoreReader } from './question.ts'

/** Which lines: those that pass the query, and `from <= time < to`. */
export interface LineFilter {
  readonly where?: Query | undefined
  /** Any of these; all when absent. */
  readonly sources?: readonly string[] | undefined
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
}

/**
 * VisorError NO_LINES where the engine keeps no lines and none that an earlier one kept can be among those asked for:
 * nothing is known of those, so that an empty answer would be wrong.
 */
export async function requireLines({ connection }: StoreReader, { from }: LineFilter): Promise<void> {
  const [state] = await select(connection, 'select engine from state where not lines')
  if (!state) return
  const [row] = await select(connection, 'select epoch_us(max(time))::double from events')
  const last = row?.[0]
  if (typeof last === 'number' && (from === undefined || from <= last)) return
  throw new VisorError(
    'NO_LINES',
    `the engine ${String(state[0])} keeps no lines${typeof last === 'number' ? ' of that time' : ''}`
  )
}

/** SQL of a filter over table `events e`, with the values of its parameters. */
export interface FilterSql {
  readonly sql: string
  readonly values: (string | number)[]
}

/** Reads the fields of the lines; the kept line itself is none. */
export async function lineFields(connection: DuckDBConnection): Promise<LineFields> {
  const rows = await select(
    connection,
    `select name, id, type from fields where ${IS_COLUMN} and id <> ${LINE_FIELD} order by id`
  )
  return new Map(
    rows.map(([name, id, type]) => [
      String(name),
      { id: Number(id), type: type === 'number' ? 'number' : 'text' }
    ])
  )
}

/** The filter as SQL. A test of a field that no line ever had holds for no line. */
export async function filterSql(reader: StoreReader, filter: LineFilter): Promise<FilterSql> {
  const values: (string | number)[] = []
  const bind = (value: string | number): string => `$${values.push(value)}`
  const parts: string[] = []
  if (filter.from !== undefined) parts.push(`e.time >= make_timestamp(${whole(filter.from)})`)
  if (filter.to !== undefined) parts.push(`e.time < make_timestamp(${whole(filter.to)})`)
  if (filter.sources) {
    const names = filter.sources.map(bind).join(', ')
    parts.push(names === '' ? 'false' : `e.source in (select id from sources where name in (${names}))`)
  }
  if (filter.where) {
    const fields = await lineFields(reader.connection)
    await reader.derive(
      termsOf(filter.where).map(({ field = '' }) => field),
      fields
    )
    parts.push(querySql(filter.where, eventsTable(fields, bind)))
  }
  return { sql: parts.length > 0 ? `where ${parts.join(' and ')}` : '', values }
}

/** Table `events e` as queries see it. Texts are looked for in the dictionary, never in the rows. */
function eventsTable(fields: LineFields, bind: (value: string | number) => string): SqlTable {
  const textField = (name: string): number | undefined => {
    const field = fields.get(name)
    return field?.type === 'text' ? field.id : undefined
  }
  return {
    bind,
    number: field => {
      if (field === 'time') return 'epoch_us(e.time)'
      const known = fields.get(field)
      return known?.type === 'number' ? `e.${columnOf(known.id)}` : undefined
    },
    text: (field, holds) => {
      if (field === 'source') return `e.source in (select id from sources where ${holds('name')})`
      if (field === 'kind') return `e.format in (select id from formats where ${holds('kind')})`
      const derivation = derivationOf(field)
      const id = textField(derivation?.from ?? field)
      if (id === undefined) return undefined
      return derivation ? derivedSql(field, id, holds('value')) : coded(id, holds)
    },
    anyText: holds => {
      const parts = Array.from(fields.values(), ({ id, type }) =>
        type === 'text' ? coded(id, holds) : 'false'
      )
      return `(${['false', ...parts].join(' or ')})`
    },
    present: field => {
      if (field === 'time' || field === 'source' || field === 'kind') return 'true'
      const derivation = derivationOf(field)
      const from = derivation && textField(derivation.from)
      if (derivation) return from === undefined ? undefined : derivedSql(field, from, 'true')
      const known = fields.get(field)
      if (!known) return undefined
      return known.type === 'text' ? `e.${columnOf(known.id)} <> 0` : `e.${columnOf(known.id)} is not null`
    },
    matches: (value, source) => `regexp_matches(${value}, ${bind(source)}, 's')`
  }
}

function coded(id: number, holds: (value: string) => string): string {
  return `e.${columnOf(id)} in (select code from dictionary where field = ${id} and ${holds('value')})`
}

function derivedSql(name: string, from: number, holds: string): string {
  return `e.${columnOf(from)} in (select code from ${DERIVED} where name = '${name}' and ${holds})`
}
