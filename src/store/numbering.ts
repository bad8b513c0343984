import type { DuckDBConnection } from '@duckdb/node-api'
import type { Kind } from '../core/fields.ts'
import { bytesKey, Codes } from './dictionaries.ts'
import { isColumn, LINE_FIELD, type FieldType } from './schema.ts'
import { blobBytes, select } from './sql.ts'

/** The numbers that the store has given to names and values so far. */
export interface StoreNumbering {
  readonly names: Names
  /** By the number of the field or metric. */
  readonly codes: Map<number, Codes>
}

/** Values of each field that are read back into memory. */
const RECALLED = 20_000

/** The codes of a field; made when it is new. */
export function codesOf(numbering: StoreNumbering, field: number): Codes {
  let codes = numbering.codes.get(field)
  if (!codes) numbering.codes.set(field, (codes = new Codes(field)))
  return codes
}

/** Goes on where the store's tables left off. */
export async function loadNumbering(connection: DuckDBConnection): Promise<StoreNumbering> {
  const codes = new Map<number, Codes>()
  for (const [field, next] of await select(
    connection,
    'select field, max(code) + 1 from dictionary group by field'
  ))
    codes.set(Number(field), new Codes(Number(field), Number(next)))
  await recallRecent(connection, codes)
  return { names: await Names.load(connection), codes }
}

/** Remembers the newest values in the dictionary. */
export async function recallRecent(
  connection: DuckDBConnection,
  codes: ReadonlyMap<number, Codes>
): Promise<void> {
  const recent = await select(
    connection,
    `select d.field, d.code, if(f.type in ('metric', 'signal'), d.value, null), coalesce(d.raw, encode(d.value))
     from dictionary d join fields f on f.id = d.field where d.field <> ${LINE_FIELD}
     qualify row_number() over (partition by d.field order by d.code desc) <= ${RECALLED}
     order by d.code`
  )
  for (const [field, code, key, raw] of recent)
    codes.get(Number(field))?.remember(typeof key === 'string' ? key : bytesKey(blobBytes(raw)), Number(code))
}

/** Rows for the tables of names that the store does not have yet. */
export interface FreshNames {
  readonly sources: { id: number; name: string }[]
  readonly formats: { id: number; kind: string; text: string }[]
  readonly fields: { id: number; type: FieldType; name: string }[]
}

export const noNames = (): FreshNames => ({ sources: [], formats: [], fields: [] })

/** Small numbers for the names of sources, formats, fields and metrics, as the tables hold them. */
export class Names {
  readonly #sources = new Map<string, number>()
  readonly #formats = new Map<string, number>()
  readonly #fields = new Map<string, number>()
  /** Every field that has a column, in the order of the columns. */
  readonly columns: { id: number; type: FieldType }[] = []

  static async load(connection: DuckDBConnection): Promise<Names> {
    const names = new Names()
    for (const [id, name] of await select(connection, 'select id, name from sources'))
      names.#sources.set(String(name), Number(id))
    for (const [id, kind, text] of await select(connection, 'select id, kind, text from formats'))
      names.#formats.set(`${String(kind)} ${String(text)}`, Number(id))
    for (const [id, type, name] of await select(
      connection,
      'select id, type, name from fields order by id'
    )) {
      const known = fieldTypeOf(type)
      names.#fields.set(`${known} ${String(name)}`, Number(id))
      if (isColumn(known)) names.columns.push({ id: Number(id), type: known })
    }
    return names
  }

  source(name: string, fresh: FreshNames): number {
    return idOf(this.#sources, name, id => fresh.sources.push({ id, name }))
  }

  format(kind: Kind, text: string, fresh: FreshNames): number {
    return idOf(this.#formats, `${kind} ${text}`, id => fresh.formats.push({ id, kind, text }))
  }

  field(type: FieldType, name: string, fresh: FreshNames): number {
    return idOf(this.#fields, `${type} ${name}`, id => {
      fresh.fields.push({ id, type, name })
      if (isColumn(type)) this.columns.push({ id, type })
    })
  }
}

function idOf(ids: Map<string, number>, name: string, added: (id: number) => void): number {
  const known = ids.get(name)
  if (known !== undefined) return known
  const id = ids.size
  ids.set(name, id)
  added(id)
  return id
}

function fieldTypeOf(text: unknown): FieldType {
  return text === 'number' || text === 'metric' || text === 'signal' ? text : 'text'
}
