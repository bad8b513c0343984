import type { DuckDBConnection } from '@duckdb/node-api'
import { query } from './database.ts'
import { columnOf, type FieldType } from './schema.ts'
import { whole } from './sql.ts'

/**
 * What a line must have to be found. `field` is a field of the lines, or `source`.
 * `equals` and `matches` compare the decoded text exactly; in `matches`, `*` is any text, also none.
 */
export type Condition =
  | { readonly field: string; readonly equals: string | number }
  | { readonly field: string; readonly matches: string }
  /** A number from `min` to `max`, both included. */
  | { readonly field: string; readonly min?: number; readonly max?: number }

/** Which lines: all conditions hold, and `from <= time < to` in microseconds since 1970. */
export interface LineFilter {
  readonly where?: readonly Condition[]
  /** Any of these; all when absent. */
  readonly sources?: readonly string[]
  readonly from?: number
  readonly to?: number
}

/** SQL of a filter over table `events e`, with the values of its parameters. */
export interface FilterSql {
  readonly sql: string
  readonly values: (string | number)[]
}

/** A condition on a field that no line ever had holds for no line. */
export async function filterSql(connection: DuckDBConnection, filter: LineFilter): Promise<FilterSql> {
  const values: (string | number)[] = []
  const bind = (value: string | number): string => `$${values.push(value)}`
  const parts: string[] = []
  if (filter.from !== undefined) parts.push(`e.time >= make_timestamp(${whole(filter.from)})`)
  if (filter.to !== undefined) parts.push(`e.time < make_timestamp(${whole(filter.to)})`)
  if (filter.sources) {
    const names = filter.sources.map(bind).join(', ')
    parts.push(names === '' ? 'false' : `e.source in (select id from sources where name in (${names}))`)
  }
  for (const condition of filter.where ?? []) parts.push(await conditionSql(connection, condition, bind))
  return { sql: parts.length > 0 ? `where ${parts.join(' and ')}` : '', values }
}

async function conditionSql(
  connection: DuckDBConnection,
  condition: Condition,
  bind: (value: string | number) => string
): Promise<string> {
  if (condition.field === 'source')
    return `e.source in (select id from sources where ${textSql('name', condition, bind)})`
  const type: FieldType =
    'matches' in condition || ('equals' in condition && typeof condition.equals === 'string')
      ? 'text'
      : 'number'
  const [row] = await query(connection, 'select id from fields where type = $1 and name = $2', [
    type,
    condition.field
  ])
  if (!row) return 'false'
  const id = Number(row[0])
  const column = `e.${columnOf(id)}`
  if (type === 'number') return numberSql(column, condition, bind)
  // The dictionary is looked through, never the rows.
  return `${column} in (select code from dictionary where field = ${id} and ${textSql('value', condition, bind)})`
}

function textSql(column: string, condition: Condition, bind: (value: string) => string): string {
  if ('matches' in condition) return `${column} like ${bind(likeOf(condition.matches))} escape '\\'`
  return 'equals' in condition ? `${column} = ${bind(String(condition.equals))}` : 'false'
}

function numberSql(column: string, condition: Condition, bind: (value: number) => string): string {
  if ('equals' in condition) return `${column} = ${bind(Number(condition.equals))}`
  const parts = [`${column} is not null`]
  if ('min' in condition && condition.min !== undefined) parts.push(`${column} >= ${bind(condition.min)}`)
  if ('max' in condition && condition.max !== undefined) parts.push(`${column} <= ${bind(condition.max)}`)
  return parts.join(' and ')
}

/** A pattern with `*` as SQL's LIKE has it, with `\` as escape. */
export function likeOf(pattern: string): string {
  return pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%')
}
