import type { DuckDBConnection } from '@duckdb/node-api'
import { derivationOf } from '../derived/index.ts'
import { TIME_STEPS, type Measure, type Stats } from '../query/index.ts'
import { STEPS, stepSql } from './count.ts'
import { query } from './database.ts'
import { DERIVED, derive } from './derived.ts'
import { columnOf } from './schema.ts'
import { whole } from './sql.ts'
import { fieldsOf, filterSql, type Fields, type LineFilter } from './where.ts'

export interface StatsQuery extends LineFilter {
  readonly stats: Stats
  /** Groups at most. Default 100. */
  readonly limit?: number
}

/** A figure of a group of lines. */
export interface GroupStats {
  /** In the order of `stats.by`; `null` where lines have no such field. Steps of time are microseconds since 1970. */
  readonly keys: readonly (string | number | null)[]
  /** In the field's unit inside; `null` where no line of the group has it. */
  readonly value: number | null
}

/** Figures of groups of lines: the largest first, or the oldest first where the first key is a step of time. */
export async function statsOf(connection: DuckDBConnection, sought: StatsQuery): Promise<GroupStats[]> {
  const { stats, limit = 100, ...filter } = sought
  const fields = await fieldsOf(connection)
  await derive(connection, [...stats.by, stats.field ?? ''], fields)
  const where = await filterSql(connection, filter)
  const tables: string[] = []
  const keys = stats.by.map(name => keySql(name, fields, tables))
  const value = measureSql(
    stats.measure,
    stats.field === undefined ? '1' : valueSql(stats.field, fields, tables)
  )
  const order = isStep(stats.by[0]) ? 'k0' : 'value desc nulls last, k0'
  const columns = [...keys.map((key, i) => `${key} as k${i}`), `(${value})::double as value`]
  const rows = await query(
    connection,
    `select ${columns.join(', ')} from events e ${tables.join(' ')} ${where.sql}
     ${keys.length > 0 ? `group by ${keys.map((_, i) => i + 1).join(', ')} order by ${order} limit ${whole(limit)}` : ''}`,
    where.values
  )
  return rows.map(row => {
    const figure = row.at(-1)
    return {
      keys: row.slice(0, -1).map(key => (typeof key === 'string' || typeof key === 'number' ? key : null)),
      value: typeof figure === 'number' ? figure : null
    }
  })
}

function isStep(name: string | undefined): boolean {
  return TIME_STEPS.some(step => step === name)
}

function keySql(name: string, fields: Fields, tables: string[]): string {
  const step = TIME_STEPS.find(step => step === name)
  if (step) return `(${stepSql(STEPS[step])})::double`
  if (name === 'source') return '(select any_value(name) from sources where id = e.source)'
  if (name === 'kind') return '(select any_value(kind) from formats where id = e.format)'
  if (name === 'status_class') {
    const status = valueSql('status', fields, tables)
    return `if(${status} is null, null, (${status} // 100)::integer || 'xx')`
  }
  return valueSql(name, fields, tables)
}

/** A field's value: texts come from the dictionary, which joins `events e`. */
function valueSql(name: string, fields: Fields, tables: string[]): string {
  const derivation = derivationOf(name)
  const field = fields.get(derivation?.from ?? name)
  if (!field) return 'null'
  if (field.type === 'number') return `e.${columnOf(field.id)}`
  const alias = `t${tables.length}`
  const source = derivation
    ? `select code, value from ${DERIVED} where name = '${name}'`
    : `select code, any_value(value) as value from dictionary where field = ${field.id} group by code`
  tables.push(`left join (${source}) ${alias} on ${alias}.code = e.${columnOf(field.id)}`)
  return `${alias}.value`
}

function measureSql(measure: Measure, value: string): string {
  if (measure === 'count') return 'count(*)'
  if (measure === 'unique') return `count(distinct ${value})`
  return measure.startsWith('p')
    ? `quantile_disc(${value}, ${Number(measure.slice(1)) / 100})`
    : `${measure}(${value})`
}
