import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { Kind } from '../../core/fields.ts'
import type { Micros } from '../../core/time.ts'
import { columnOf, IS_COLUMN, LINE_FIELD } from '../schema.ts'
import { filterSql, type LineFilter } from './filter.ts'
import type { FormatFor, StoreReader } from './question.ts'
import { blobBytes, select, selectAs, whole } from '../sql.ts'

/** A text value: decoded, and as it stands in the log. */
interface StoredText {
  readonly text: string
  readonly raw: Uint8Array
}

/** A line as the store has it: in fields. */
export interface StoredEvent {
  /** UTC, and minutes east of it that the line is written with. */
  readonly time: Micros
  readonly zone: number
  readonly source: string
  readonly kind: Kind
  /** The format's directive string. */
  readonly format: string
  /** Bits of `Flag`. */
  readonly flags: number
  /** Absent fields are left out. */
  readonly fields: ReadonlyMap<string, number | StoredText>
  /** The line itself, where its fields would not give it back. */
  readonly kept: Uint8Array | undefined
}

/** The newest lines that pass a filter, newest first; of the same time, the last written first. */
export async function findEvents(
  reader: StoreReader,
  filter: LineFilter,
  limit: number
): Promise<StoredEvent[]> {
  const { connection } = reader
  const where = await filterSql(reader, filter)
  const columns = await selectAs(
    connection,
    { id: Number, type: String, name: String },
    `select id, type, name from fields where ${IS_COLUMN} order by id`
  )
  const rows = await select(
    connection,
    `with found as (
       select e.* from events e ${where.sql} order by e.time desc, e.rowid desc limit ${whole(limit)})
     select epoch_us(e.time)::double, e.zone, s.name, f.kind, f.text, e.flags,
       ${columns.map(({ id }) => `e.${columnOf(id)}`).join(', ')}
     from found e join sources s on s.id = e.source join formats f on f.id = e.format
     order by e.time desc`,
    where.values
  )
  const keys = columns.flatMap(({ id, type }, i) =>
    type === 'text' ? rows.flatMap(row => (row[FIXED + i] === 0 ? [] : [keyOf(id, row[FIXED + i])])) : []
  )
  const texts = await textsOf(connection, new Set(keys))
  return rows.map(row => eventOf(row, columns, texts))
}

interface FieldColumn {
  readonly id: number
  readonly type: string
  readonly name: string
}

/** Columns before those of the fields in the rows above. */
const FIXED = 6

const keyOf = (field: number, code: unknown): bigint => (BigInt(field) << 32n) | BigInt(Number(code))

async function textsOf(
  connection: DuckDBConnection,
  keys: ReadonlySet<bigint>
): Promise<Map<bigint, StoredText>> {
  if (keys.size === 0) return new Map()
  const rows = await select(
    connection,
    `select d.field, d.code, d.value, coalesce(nullif(d.raw, ''::blob), encode(d.value)) from dictionary d
     where (d.field::bigint << 32) | d.code in (select unnest([${[...keys].join(', ')}]))`
  )
  return new Map(
    rows.map(([field, code, value, raw]) => [
      keyOf(Number(field), code),
      { text: String(value), raw: blobBytes(raw) }
    ])
  )
}

function eventOf(
  row: readonly DuckDBValue[],
  columns: readonly FieldColumn[],
  texts: ReadonlyMap<bigint, StoredText>
): StoredEvent {
  const [time, zone, source, kind, format, flags] = row
  const fields = new Map<string, number | StoredText>()
  let kept: Uint8Array | undefined
  columns.forEach(({ id, type, name }, i) => {
    const stored = row[FIXED + i]
    const value = type === 'number' ? stored : texts.get(keyOf(id, stored))
    if (id === LINE_FIELD) kept = texts.get(keyOf(id, stored))?.raw
    else if (typeof value === 'number') fields.set(name, value)
    else if (type === 'text' && stored !== 0) fields.set(name, texts.get(keyOf(id, stored)) ?? LOST)
  })
  return {
    time: Number(time),
    zone: Number(zone),
    source: String(source),
    kind: kind === 'error' ? 'error' : 'access',
    format: String(format),
    flags: Number(flags),
    fields,
    kept
  }
}

/** Stands in when a value is not in the dictionary, which only a damaged store can bring about. */
const LOST: StoredText = { text: '', raw: new Uint8Array(0) }

/** The same formats, each made once: that takes as long as printing a thousand lines. */
export function eachOnce(formatFor: FormatFor): FormatFor {
  const known = new Map<string, ReturnType<FormatFor>>()
  return (text, kind) => {
    const key = `${kind} ${text}`
    const format = known.get(key) ?? formatFor(text, kind)
    known.set(key, format)
    return format
  }
}

/** The line of an event, without its end: kept as it was, or printed from its fields by its format. */
export function lineOfEvent(event: StoredEvent, formatFor: FormatFor): Uint8Array {
  const { time, zone, fields } = event
  return (
    event.kept ??
    formatFor(event.format, event.kind).printRaw({
      time,
      zone,
      get: field => {
        const value = fields.get(field)
        return typeof value === 'object' ? value.raw : (value ?? null)
      }
    })
  )
}
