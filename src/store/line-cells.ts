import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { Metric, PairedField } from '../core/metric.ts'
import { hashedPair } from '../core/pair.ts'
import { addKey, ALL_TIME, cellOf, type Rollup } from '../core/rollup.ts'
import { LOG_GAMMA } from '../core/sketch.ts'
import type { Micros } from '../core/time.ts'
import { derivationOf } from '../derived/index.ts'
import { formatFor } from '../formats/index.ts'
import { bucketsSql } from './rollups.ts'
import { columnOf, DERIVED } from './schema.ts'
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
    metrics.flatMap(({ field = '', target }) => [field, target?.field ?? ''])
  )
  const formats = await storedFormats(connection)
  const targets = await derivedValues(
    connection,
    new Set(metrics.map(({ target }) => target?.field ?? '')),
    fields
  )
  const where = await filterSql(reader, filter)
  const rollup: Rollup = new Map()
  const parts = metrics.flatMap(
    (metric, i) => countSql(metric, i, { formats, fields, targets, where: where.sql, buckets }) ?? []
  )
  if (parts.length === 0) return rollup
  for (const [i, start, text, number, second, count, sum] of await select(
    connection,
    parts.map(part => `(${part})`).join(' union all '),
    where.values
  )) {
    const metric = metrics[Number(i)]!
    const key = metric.pair ? pairName(metric.pair, text, second ?? number) : keyName(text ?? number, metric)
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

/** The values that are derived of texts, by the name of the derived field. */
async function derivedValues(
  connection: DuckDBConnection,
  names: ReadonlySet<string>,
  fields: LineFields
): Promise<ReadonlyMap<string, readonly string[]>> {
  const values = new Map<string, readonly string[]>()
  for (const name of names) {
    // Of a field that no line has nothing is derived.
    if (!fields.has(derivationOf(name)?.from ?? '')) continue
    const rows = await select(connection, `select distinct value from ${DERIVED} where name = $1`, [name])
    values.set(
      name,
      rows.map(([value]) => String(value))
    )
  }
  return values
}

/** What counting in SQL needs of the store. */
interface CountingStore {
  readonly formats: readonly StoredFormat[]
  readonly fields: LineFields
  readonly targets: ReadonlyMap<string, readonly string[]>
  readonly where: string
  readonly buckets: LineBuckets | undefined
}

/** `undefined` where no line can count. */
function countSql(metric: Metric, number: number, store: CountingStore): string | undefined {
  const { where, buckets } = store
  const conditions = conditionsOf(metric, store)
  const key = keySql(metric, store.fields)
  const second = metric.pair && secondSql(metric.pair, store.fields)
  if (!key || !conditions || (metric.pair && !second)) return undefined
  const step = buckets && whole(buckets.step)
  const start =
    step === undefined
      ? `${ALL_TIME}`
      : `(epoch_us(e.time) - ((epoch_us(e.time) % ${step}) + ${step}) % ${step})`
  const sum = `sum(coalesce(${firstNumberSql(metric.measure, store.formats, store.fields)}, 0))`
  const { start: bucket, join } = bucketsSql(buckets?.starts, 'c.start')
  const all = [...conditions, key.present, second?.present ?? 'true'].join(' and ')
  return `with c as (
      select ${start} as start, ${key.code} as code, ${second?.code ?? '0'} as other, count(*) as count, ${sum} as sum
      from events e ${where === '' ? 'where' : `${where} and`} ${all} group by 1, 2, 3)
    select ${number}, ${bucket}::double, ${key.text}, ${second?.number ?? key.number}::double, ${second?.text ?? 'null'},
      sum(c.count)::double, sum(c.sum)::double
    from c ${key.join} ${second?.join ?? ''} ${join} group by all`
}

/** What all lines hold to that a metric counts, besides that they have its key. */
function conditionsOf(
  { kinds, filter, target }: Metric,
  { formats, fields, targets }: CountingStore
): string[] | undefined {
  const counted = formats.filter(({ kind }) => kinds.some(one => one === kind))
  if (counted.length === 0) return undefined
  const conditions = [`e.format in (${counted.map(({ id }) => id).join(', ')})`]
  if (filter)
    conditions.push(
      `${firstNumberSql(filter.field, counted, fields)} between ${filter.min} and ${filter.max ?? 1e15}`
    )
  if (!target) return conditions
  const found = fieldSql(target.field, fields)
  const passing = targets.get(target.field)?.filter(value => target.passes(value)) ?? []
  if (found?.texts === undefined || passing.length === 0) return undefined
  const list = passing.map(value => `'${value.replaceAll("'", "''")}'`).join(', ')
  conditions.push(`${found.column} in (select code from ${found.texts} and value in (${list}))`)
  return conditions
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
    return {
      present: `${column} is not null`,
      code: buckets ? bucketSql(column) : column,
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

/** The second part of a key. */
function secondSql({ field, buckets, hashed }: PairedField, fields: LineFields): KeySql | undefined {
  const found = fieldSql(field, fields)
  if (!found) return hashed && { present: 'true', code: '0', join: '', text: 'null', number: 'null' }
  const { column, texts } = found
  if (texts === undefined)
    return {
      present: `${column} is not null`,
      code: buckets ? bucketSql(column) : column,
      join: '',
      text: 'null',
      number: 'c.other'
    }
  return {
    present: hashed ? 'true' : `${column} <> 0`,
    code: column,
    join: joinTexts(texts, 'o', 'c.other'),
    text: 'o.value',
    number: 'null'
  }
}

function bucketSql(column: string): string {
  return `if(${column} < 1, -1, ceil(ln(${column}) / ${LOG_GAMMA}))`
}

/** The key of two fields as engines write it; `undefined` for what does not count. */
function pairName(
  { hashed }: PairedField,
  first: DuckDBValue | undefined,
  second: DuckDBValue | undefined
): string | undefined {
  const text = second === null || second === undefined ? undefined : String(second)
  if (!hashed) return `${text} ${String(first)}`
  return text !== undefined && hashed.except(text) !== undefined ? undefined : hashedPair(String(first), text)
}

/** The key as engines write it; `undefined` where nothing is derived of the text. */
function keyName(value: DuckDBValue | undefined, { derive, field }: Metric): string | undefined {
  if (value === null) return undefined
  const text = String(value)
  return derive && !derivationOf(field ?? '') ? derive(text) : text
}
