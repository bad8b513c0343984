import type { DuckDBConnection } from '@duckdb/node-api'
import { isHidden } from '../core/hidden.ts'
import { addToSketch, createSketch } from '../core/sketch.ts'
import { valuesOf } from '../core/signal.ts'
import { METRICS } from '../metrics/index.ts'
import { mentions } from '../privacy/mentions.ts'
import type { Query } from '../query/index.ts'
import { appendSketches, type SketchRow } from './cells.ts'
import { derive } from './derived.ts'
import type { StoredValue } from './dictionaries.ts'
import { filterSql } from './questions/filter.ts'
import { columnOf, OTHER_KEY } from './schema.ts'
import { blobBytes, select, transaction } from './sql.ts'
import { appendRows } from './vectors.ts'
import type { Writer } from './writer.ts'

/** Whose lines: all that an address stands in, or all that a query finds. */
export type ForgetRequest = { readonly address: string } | { readonly where: Query }

/** What is forgotten, or would be. */
export interface Forgotten {
  readonly lines: number
  /** Keys of counts and of alert rules' cells, whose counts go on as those of no name. */
  readonly keys: number
  readonly rejected: number
  /** What they alone say, whom they name first: what else says the same is about them. */
  readonly names: readonly string[]
}

/** Fields that name somebody. */
const NAMES = /^(?:client|peer|forwarded|user|ident)(?:_\d+)?$/

/** Shorter texts may be anybody's; of others than names so many are looked for. */
const [SHORTEST_NAME, SHORTEST_TEXT, MOST_TEXTS] = [3, 8, 500]

/**
 * Deletes lines, and what they say that nobody else does, from lines, dictionaries, counts and rejected lines; counts stay, under
 * no name. With `isTrial` nothing is changed. The file is rewritten, so that nothing of it is left in it.
 */
export async function forgetLines(
  writer: Writer,
  request: ForgetRequest,
  isTrial: boolean
): Promise<Forgotten> {
  const done = await writer.exclusively(({ writer: connection }) =>
    transaction(connection, async () => {
      const texts = await textFields(connection)
      await findLines(connection, request, texts)
      const values = await ownValues(connection, request, texts)
      const keys = await ownKeys(connection, request, values)
      const rejected = 'address' in request ? await rejectedWith(connection, request.address) : []
      const [row] = await select(connection, 'select count(*)::integer from forgetting')
      if (!isTrial) await remove(connection, keys, rejected)
      await connection.run('drop table forgetting')
      return {
        lines: Number(row?.[0]),
        keys: keys.length,
        rejected: rejected.length,
        names: namesOf(request, values),
        values
      }
    })
  )
  const { values, ...forgotten } = done
  if (isTrial) return forgotten
  await writer.dropValues(values)
  await writer.shrink()
  return forgotten
}

function namesOf(request: ForgetRequest, values: readonly OwnValue[]): string[] {
  const own = values.filter(({ name, value }) => NAMES.test(name) && value.length >= SHORTEST_NAME)
  const others = values.filter(({ name, value }) => !NAMES.test(name) && value.length >= SHORTEST_TEXT)
  return [
    ...new Set([
      ...('address' in request ? [request.address] : []),
      ...own.map(({ value }) => value),
      ...others.slice(0, MOST_TEXTS).map(({ value }) => value)
    ])
  ]
}

interface TextField {
  readonly id: number
  readonly name: string
}

/** A value with the name of its field. */
interface OwnValue extends StoredValue {
  readonly name: string
  readonly value: string
}

async function textFields(connection: DuckDBConnection): Promise<TextField[]> {
  const rows = await select(connection, "select id, name from fields where type = 'text'")
  return rows.map(([id, name]) => ({ id: Number(id), name: String(name) }))
}

/** The rows of table `events` that are meant, as a temporary table. */
async function findLines(
  connection: DuckDBConnection,
  request: ForgetRequest,
  texts: readonly TextField[]
): Promise<void> {
  if ('where' in request) {
    const reader = {
      connection,
      connect: () => Promise.resolve(connection),
      derive: (names: Parameters<typeof derive>[1], fields: Parameters<typeof derive>[2]) =>
        derive(connection, names, fields),
      now: 0
    }
    const { sql, values } = await filterSql(reader, request)
    await connection.run(
      `create or replace temp table forgetting as select e.rowid as line from events e ${sql}`,
      values
    )
    return
  }
  const { address } = request
  const found = await valuesWith(connection, address)
  await connection.run('create or replace temp table mentioned(field integer, code integer)')
  await appendRows(connection, 'mentioned', [found.map(({ field }) => field), found.map(({ code }) => code)])
  const tests = texts.map(({ id }) => `${columnOf(id)} in (select code from mentioned where field = ${id})`)
  await connection.run(
    `create or replace temp table forgetting as select rowid as line from events where ${['false', ...tests].join(' or ')}`
  )
  await connection.run('drop table mentioned')
}

/** Values of the dictionary in which an address stands. */
async function valuesWith(
  connection: DuckDBConnection,
  address: string
): Promise<{ field: number; code: number; value: string; type: string }[]> {
  const rows = await select(
    connection,
    `select d.field, d.code, d.value, f.type from dictionary d join fields f on f.id = d.field
     where contains(lower(d.value), lower($1))`,
    [address]
  )
  return rows
    .map(([field, code, value, type]) => ({
      field: Number(field),
      code: Number(code),
      value: String(value),
      type: String(type)
    }))
    .filter(({ value }) => mentions([address]).test(value))
}

/** What only the lines that go say. */
async function ownValues(
  connection: DuckDBConnection,
  request: ForgetRequest,
  texts: readonly TextField[]
): Promise<OwnValue[]> {
  const values: OwnValue[] = []
  for (const { id, name } of texts) {
    const column = columnOf(id)
    const text = `(select value from dictionary where field = ${id} and code in`
    const rows = await select(
      connection,
      `select code, value, coalesce(nullif(raw, ''::blob), encode(value)) from dictionary where field = ${id}
         and code in (select distinct ${column} from events where rowid in (select line from forgetting))
         and value not in ${text} (select distinct ${column} from events where rowid not in (select line from forgetting)))`
    )
    for (const [code, value, raw] of rows)
      values.push({ field: id, name, code: Number(code), value: String(value), raw: blobBytes(raw) })
  }
  if ('where' in request) return values
  const known = new Set(values.map(({ field, code }) => `${field} ${code}`))
  const names = new Map(texts.map(({ id, name }) => [id, name]))
  for (const { field, code, value, type } of await valuesWith(connection, request.address))
    if (type === 'text' && !known.has(`${field} ${code}`))
      values.push({ field, name: names.get(field) ?? '', code, value, raw: Buffer.from(value) })
  return values
}

interface Key {
  readonly field: number
  readonly code: number
  readonly value: string
}

/** Keys of counts, and of alert rules' cells, that are to be named no more. */
async function ownKeys(
  connection: DuckDBConnection,
  request: ForgetRequest,
  values: readonly OwnValue[]
): Promise<Key[]> {
  const rows = await select(
    connection,
    `select d.field, d.code, d.value, f.type, f.name from dictionary d join fields f on f.id = d.field
     where f.type in ('metric', 'signal')`
  )
  const own = Map.groupBy(values, ({ name }) => name.replace(/_\d+$/, ''))
  const texts = new Map(Array.from(own, ([name, all]) => [name, new Set(all.map(({ value }) => value))]))
  const all = new Set(values.filter(({ name }) => NAMES.test(name)).map(({ value }) => value))
  const said = 'address' in request ? mentions([request.address]) : undefined
  return rows
    .map(([field, code, value, type, name]) => ({
      field: Number(field),
      code: Number(code),
      value: String(value),
      type: String(type),
      name: String(name)
    }))
    .filter(({ value, type, name }) => {
      if (said && value.search(said) >= 0) return true
      if (type === 'signal') return partsOf(value).some(part => all.has(part))
      const metric = METRICS.find(one => one.name === name)
      if (!metric || metric.derive || metric.pair?.hashed) return false
      const keyed = [metric.key, metric.pair?.field].flatMap(field => texts.get(field ?? '') ?? [])
      const parts = metric.pair ? value.split(' ') : [value]
      return keyed.some(known => known.has(value) || parts.some(part => known.has(part)))
    })
}

function partsOf(key: string): readonly string[] {
  try {
    return valuesOf(key)
  } catch {
    return [key]
  }
}

async function rejectedWith(connection: DuckDBConnection, address: string): Promise<number[]> {
  const rows = await select(connection, 'select number, line from rejected')
  return rows.flatMap(([number, line]) => {
    const bytes = blobBytes(line)
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    return text.search(mentions([address])) >= 0 ? [Number(number)] : []
  })
}

async function remove(
  connection: DuckDBConnection,
  keys: readonly Key[],
  rejected: readonly number[]
): Promise<void> {
  await connection.run('delete from events where rowid in (select line from forgetting)')
  await connection.run('create or replace temp table unnamed(field integer, code integer)')
  await appendRows(connection, 'unnamed', [keys.map(({ field }) => field), keys.map(({ code }) => code)])
  await appendSketches(connection, await unnamedSketches(connection, keys), 0)
  await connection.run(
    `update rollups set key = ${OTHER_KEY} from unnamed u where u.field = metric and u.code = key`
  )
  await connection.run('drop table unnamed')
  if (rejected.length > 0)
    await connection.run(`delete from rejected where number in (${rejected.join(', ')})`)
}

/** The keys that cells are to name no more, so that they know how many there were. */
async function unnamedSketches(connection: DuckDBConnection, keys: readonly Key[]): Promise<SketchRow[]> {
  const texts = new Map(keys.map(({ field, code, value }) => [`${field} ${code}`, value]))
  const sketches = new Map<string, SketchRow>()
  const rows = await select(
    connection,
    'select distinct start::double, source, metric, key from rollups join unnamed u on u.field = metric and u.code = key'
  )
  for (const [start, source, metric, key] of rows) {
    const cell = { start: Number(start), source: Number(source), metric: Number(metric) }
    const id = `${cell.start} ${cell.source} ${cell.metric}`
    const row = sketches.get(id) ?? { ...cell, sketch: createSketch() }
    sketches.set(id, row)
    const text = texts.get(`${cell.metric} ${Number(key)}`) ?? ''
    if (!isHidden(text)) addToSketch(row.sketch, text)
  }
  return [...sketches.values()]
}
