import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { Metric } from '../core/metric.ts'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { LOG_GAMMA } from '../core/sketch.ts'
import type { Micros } from '../core/time.ts'
import { derivationOf } from '../derived/index.ts'
import { formatFor } from '../formats/index.ts'
import { bucketsSql } from './rollups.ts'
import { columnOf } from './schema.ts'
import { derivedFields, fieldSql, filterSql, joinTexts, type LineFilter } from './questions/filter.ts'
import type { LineFields, StoreReader } from './questions/question.ts'
import { select, whole } from './sql.ts'

/** How lines are laid out: cells are of the buckets, which hold whole steps. */
export interface LineBuckets {
  readonly step: Micros
  /** Their starts, ascending. */
  readonly starts: readonly Micros[]
}

/**
 * Counts of the lines themselves what metrics count of them, as engines do; all sources together, under `''`. Cells are of
 * `ALL_TIME` where no buckets are given.
 */
export async function lineCells(
  reader: StoreReader,
  metrics: readonly Metric[],
  filter: LineFilter,
  buckets?: LineBuckets
): Promise<Rollup> {
  const { connection } = reader
  const fields = await derivedFields(
    reader,
    metrics.map(({ field = '' }) => field)
  )
  const formats = await storedFormats(connection)
  const where = await filterSql(reader, filter)
  const rollup: Rollup = new Map()
  const parts = metrics.flatMap((metric, i) => countSql(metric, i, formats, fields, where.sql, buckets) ?? [])
  if (parts.length === 0) return rollup
  for (const [i, start, text, number, count, sum] of await select(
    connection,
    parts.map(part => `(${part})`).join(' union all '),
    where.values
  )) {
    const metric = metrics[Number(i)]!
    const key = keyName(text ?? number, metric)
    if (key !== undefined)
      addKey(cellOf(rollup, Number(start), '', metric.name), key, Number(count), Number(sum))
  }
  return rollup
}

/** A format of stored lines: its number, what kind of log it is of, and the fields that it has. */
export interface StoredFormat {
  readonly id: number
  readonly kind: string
  readonly fields: readonly string[]
}

export async function storedFormats(connection: DuckDBConnection): Promise<StoredFormat[]> {
  const rows = await select(connection, 'select id, kind, text from formats')
  return rows.map(([id, kind, text]) => ({
    id: Number(id),
    kind: String(kind),
    fields: formatFor(String(text)).fields
  }))
}

/** Of table `events e` the number that is the first of these fields that a line's format has; NULL where it has none. */
export function firstNumberSql(
  names: readonly string[],
  formats: readonly StoredFormat[],
  fields: LineFields
): string {
  const cases = formats.flatMap(format => {
    const field = fields.get(names.find(name => format.fields.includes(name)) ?? '')
    return field?.type === 'number' ? [`when ${format.id} then e.${columnOf(field.id)}`] : []
  })
  return cases.length > 0 ? `case e.format ${cases.join(' ')} end` : 'null'
}

/** `undefined` where no line can count. */
function countSql(
  metric: Metric,
  number: number,
  formats: readonly StoredFormat[],
  fields: LineFields,
  where: string,
  buckets: LineBuckets | undefined
): string | undefined {
  const counted = formats.filter(({ kind }) => metric.kinds.some(one => one === kind))
  const key = keySql(metric, fields)
  if (!key || counted.length === 0) return undefined
  const { filter, pair, target } = metric
  // Keys of two fields and what is after something are known of counts alone.
  if (pair || target) return undefined
  const conditions = [
    `e.format in (${counted.map(({ id }) => id).join(', ')})`,
    key.present,
    ...(filter
      ? [`${firstNumberSql(filter.field, counted, fields)} between ${filter.min} and ${filter.max ?? 1e15}`]
      : [])
  ]
  const step = buckets && whole(buckets.step)
  const start =
    step === undefined
      ? `${ALL_TIME}`
      : `(epoch_us(e.time) - ((epoch_us(e.time) % ${step}) + ${step}) % ${step})`
  const sum = `sum(coalesce(${firstNumberSql(metric.measure, counted, fields)}, 0))`
  const { start: bucket, join } = bucketsSql(buckets?.starts, 'c.start')
  return `with c as (
      select ${start} as start, ${key.code} as code, count(*) as count, ${sum} as sum
      from events e ${where === '' ? 'where' : `${where} and`} ${conditions.join(' and ')} group by 1, 2)
    select ${number}, ${bucket}::double, ${key.text}, ${key.number}::double, sum(c.count)::double, sum(c.sum)::double
    from c ${key.join} ${join} group by all`
}

/** The key of a metric: what its lines are grouped by, and what that stands for once it is joined. */
interface KeySql {
  readonly present: string
  readonly code: string
  readonly join: string
  /** What it stands for, as one or the other. */
  readonly text: string
  readonly number: string
}

function keySql({ key, field, derive, buckets }: Metric, fields: LineFields): KeySql | undefined {
  if (key === null) return { present: 'true', code: 'null', join: '', text: "''", number: 'null' }
  const inSql = derive && derivationOf(field ?? '') ? (field ?? key) : key
  const found = fieldSql(inSql, fields)
  if (!found) return undefined
  const { column, texts } = found
  if (texts === undefined) {
    const bucket = `if(${column} < 1, -1, ceil(ln(${column}) / ${LOG_GAMMA}))`
    return {
      present: `${column} is not null`,
      code: buckets ? bucket : column,
      join: '',
      text: 'null',
      number: 'c.code'
    }
  }
  return {
    present: `${column} <> 0`,
    code: column,
    join: joinTexts(texts, 'd', 'c.code'),
    text: 'd.value',
    number: 'null'
  }
}

/** The key as engines write it; `undefined` where nothing is derived of the text. */
function keyName(value: DuckDBValue | undefined, { derive, field }: Metric): string | undefined {
  if (value === null) return undefined
  const text = String(value)
  return derive && !derivationOf(field ?? '') ? derive(text) : text
}
