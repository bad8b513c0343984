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

/** The same, once some of the fields that are derived of them are: see `StoreReader.derive`. */
export async function derivedFields(reader: StoreReader, names: readonly string[]): Promise<LineFields> {
  const fields = await lineFields(reader.connection)
  await reader.derive(names, fields)
  return fields
}

/** A field in SQL over table `events e`: its column, and for texts the rows `code, value` that the column's codes are of. */
export interface FieldSql {
  readonly column: string
  readonly texts: string | undefined
}

/** A field by its name, also a derived one; `undefined` where no line has it. */
export function fieldSql(name: string, fields: LineFields): FieldSql | undefined {
  const derivation = derivationOf(name)
  const field = fields.get(derivation?.from ?? name)
  if (!field) return undefined
  const texts = derivation ? `${DERIVED} where name = '${name}'` : `dictionary where field = ${field.id}`
  return { column: `e.${columnOf(field.id)}`, texts: field.type === 'text' ? texts : undefined }
}

/** What joins the texts of a field, as `value` of `alias`, to rows that have its codes in `column`. */
export function joinTexts(texts: string, alias: string, column: string): string {
  return `left join (select code, any_value(value) as value from ${texts} group by code) ${alias} on ${alias}.code = ${column}`
}

/**
 * The filter as SQL over table `events e`, with the values of its parameters. A test of a field that no line ever had holds
 * for no line.
 */
export async function filterSql(
  reader: StoreReader,
  filter: LineFilter
): Promise<{ readonly sql: string; readonly values: (string | number)[] }> {
  const values: (string | number)[] = []
  // DuckDB's client takes whole numbers for 64 bits, and fails where they have more.
  const bind = (value: string | number): string =>
    Number.isInteger(value) && !Number.isSafeInteger(value)
      ? `$${values.push(String(value))}::double`
      : `$${values.push(value)}`
  const parts: string[] = []
  if (filter.from !== undefined) parts.push(`e.time >= make_timestamp(${whole(filter.from)})`)
  if (filter.to !== undefined) parts.push(`e.time < make_timestamp(${whole(filter.to)})`)
  if (filter.sources) {
    const names = filter.sources.map(bind).join(', ')
    parts.push(names === '' ? 'false' : `e.source in (select id from sources where name in (${names}))`)
  }
  if (filter.where) {
    const named = termsOf(filter.where).map(({ field = '' }) => field)
    const fields = await derivedFields(reader, named)
    parts.push(querySql(filter.where, eventsTable(fields, bind)))
  }
  return { sql: parts.length > 0 ? `where ${parts.join(' and ')}` : '', values }
}

/** DuckDB joins each, and takes ever longer to plan that: with so many, seconds. */
const MAX_LOOKUPS = 200

/** What looks for texts of fields; each look counts. VisorError QUERY where there are too many. */
function lookups(): (field: FieldSql, holds: string) => string {
  let looks = 0
  return ({ column, texts }, holds) => {
    if (++looks > MAX_LOOKUPS)
      throw new VisorError(
        'QUERY',
        `the query looks for too many words: each is looked for in each field with text, and ${MAX_LOOKUPS} such looks are the most`,
        {
          remedy:
            'Name the field, as in `path:basket`, or put in quotes what stands together: `"GET /basket"`.'
        }
      )
    return `${column} in (select code from ${texts} and ${holds})`
  }
}

/** Table `events e` as queries see it. Texts are looked for in the dictionary, never in the rows. */
function eventsTable(fields: LineFields, bind: (value: string | number) => string): SqlTable {
  const oneOf = lookups()
  return {
    bind,
    number: field => {
      if (field === 'time') return 'epoch_us(e.time)'
      const known = fieldSql(field, fields)
      return known?.texts === undefined ? known?.column : undefined
    },
    text: (field, holds) => {
      if (field === 'source') return `e.source in (select id from sources where ${holds('name')})`
      if (field === 'kind') return `e.format in (select id from formats where ${holds('kind')})`
      const known = fieldSql(field, fields)
      return known?.texts === undefined ? undefined : oneOf(known, holds('value'))
    },
    anyText: holds => {
      const all = Array.from(fields.keys(), name => fieldSql(name, fields))
      const parts = all.map(known => (known?.texts === undefined ? 'false' : oneOf(known, holds('value'))))
      return `(${['false', ...parts].join(' or ')})`
    },
    present: field => {
      if (field === 'time' || field === 'source' || field === 'kind') return 'true'
      const known = fieldSql(field, fields)
      if (!known) return undefined
      if (derivationOf(field)) return known.texts === undefined ? undefined : oneOf(known, 'true')
      return known.texts === undefined ? `${known.column} is not null` : `${known.column} <> 0`
    },
    matches: (value, source) => `regexp_matches(${value}, ${bind(source)}, 's')`
  }
}
