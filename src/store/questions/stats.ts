import { toMillis, type Millis } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import { zoneOffsets } from '../../core/zone.ts'
import { parseStats, TIME_STEPS, type Measure, type Stats } from '../../query/index.ts'
import { select, whole } from '../sql.ts'
import type { TableAnswer } from './answers.ts'
import { derivedFields, fieldSql, filterSql, joinTexts } from './filter.ts'
import { limit, lineFilter, text, zoneName } from './parameters.ts'
import { question, shownValue, type LineFields } from './question.ts'
import { zonedSteps } from './steps.ts'

export const statsQuestion = question({
  summary:
    'A figure for each group of the lines that pass a query: the largest first, or the oldest first where the first group is a step of time. It is the last column.',
  parameters: z =>
    z.strictObject({
      ...lineFilter(z),
      stats: text(z)
        .transform(stats => parseStats(stats))
        .optional()
        .describe(
          'Which figure, of which groups ([query.md](query.md#figures)): `p95 duration by path`; `count` when absent.'
        ),
      zone: zoneName(z),
      limit: limit(z, 100)
    }),
  needsLines: true,
  async read(reader, { stats = COUNT, zone = 'UTC', limit = 100, ...filter }) {
    const steps = await zonedSteps(reader.connection, zone)
    const fields = await derivedFields(reader, [...stats.by, stats.field ?? ''])
    const where = await filterSql(reader, filter)
    const tables: string[] = []
    const times = stats.by.map(name => (isStep(name) ? steps(name) : undefined))
    const keys = stats.by.map((name, i) =>
      times[i] ? `(${times[i].sql})::double` : keySql(name, fields, tables)
    )
    const value = measureSql(
      stats.measure,
      stats.field === undefined ? '1' : valueSql(stats.field, fields, tables)
    )
    const order = times[0] ? 'k0' : 'value desc nulls last, k0'
    const columns = [...keys.map((key, i) => `${key} as k${i}`), `(${value})::double as value`]
    const rows = await select(
      reader.connection,
      `select ${columns.join(', ')} from events e ${tables.join(' ')} ${where.sql}
       ${keys.length > 0 ? `group by ${keys.map((_, i) => i + 1).join(', ')} order by ${order} limit ${whole(limit)}` : ''}`,
      where.values
    )
    // In the order of `stats.by`, `null` where lines have no such field, times as Micros; the figure in the field's unit inside.
    return rows.map(row => ({
      keys: row.slice(0, -1).map((key, i) => {
        if (typeof key === 'number') return times[i]?.start(key) ?? key
        return typeof key === 'string' ? key : null
      }),
      value: numberOrNull(row.at(-1))
    }))
  },
  api: {
    access: 'page',
    answer: (groups, { stats = COUNT, zone = 'UTC' }): TableAnswer => ({
      columns: [...stats.by, stats.field === undefined ? stats.measure : `${stats.measure} ${stats.field}`],
      rows: groups.map(group => rowOf(stats, group, zoneOffsets(zone)))
    })
  }
})

const COUNT: Stats = { measure: 'count', field: undefined, by: [] }

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function rowOf(
  { measure, field = '', by }: Stats,
  { keys, value }: { keys: readonly (string | number | null)[]; value: number | null },
  offset: (utc: Millis) => number
): TableAnswer['rows'][number] {
  const named = keys.map((key, i) => {
    const name = by[i] ?? ''
    if (isStep(name)) return isoTime(Number(key), offset(toMillis(Number(key))))
    return key === null ? null : shownValue(name, key)
  })
  return [...named, value === null || measure === 'unique' ? value : Number(shownValue(field, value))]
}

function isStep(name: string): name is keyof typeof TIME_STEPS {
  return name in TIME_STEPS
}

function keySql(name: string, fields: LineFields, tables: string[]): string {
  if (name === 'source') return '(select any_value(name) from sources where id = e.source)'
  if (name === 'kind') return '(select any_value(kind) from formats where id = e.format)'
  if (name === 'status_class') {
    const status = valueSql('status', fields, tables)
    return `if(${status} is null, null, (${status} // 100)::integer || 'xx')`
  }
  return valueSql(name, fields, tables)
}

/** A field's value: texts come from the dictionary, which joins `events e`. */
function valueSql(name: string, fields: LineFields, tables: string[]): string {
  const field = fieldSql(name, fields)
  if (field?.texts === undefined) return field?.column ?? 'null'
  const alias = `t${tables.length}`
  tables.push(joinTexts(field.texts, alias, field.column))
  return `${alias}.value`
}

function measureSql(measure: Measure, value: string): string {
  if (measure === 'count') return 'count(*)'
  if (measure === 'unique') return `count(distinct ${value})`
  return measure.startsWith('p')
    ? `quantile_disc(${value}, ${Number(measure.slice(1)) / 100})`
    : `${measure}(${value})`
}
