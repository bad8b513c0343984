import type { DuckDBConnection } from '@duckdb/node-api'
import type { Kind } from '../core/fields.ts'
import { bytesKey, Codes } from './dictionaries.ts'
import { LINE_FIELD, type FieldType } from './schema.ts'
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
  if (!codes) numbering.codes.set(field, (codes = new Codes()))
  return codes
}

/** Goes on where the store's tables left off. */
export async function loadNumbering(connection: DuckDBConnection): Promise<StoreNumbering> {
  const codes = new Map<number, Codes>()
  const next = 'select field, max(code) + 1 from dictionary group by field'
  for (const [field, code] of await select(connection, next))
    codes.set(Number(field), new Codes(Number(code)))
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
    `select d.field, d.code, if(f.type in ('metric', 'signal'), d.value, null), coalesce(nullif(d.raw, ''::blob), encode(d.value))
     from dictionary d join fields f on f.id = d.field where d.field <> ${LINE_FIELD}
     qualify row_number() over (partition by d.field order by d.code desc) <= ${RECALLED}
     order by d.code`
  )
  for (const [field, code, key, raw] of recent)
    codes.get(Number(field))?.remember(typeof key === 'string' ? key : bytesKey(blobBytes(raw)), Number(code))
}

/** Rows for the tables of names that the store does not have yet. */
export type FreshNames = { table: NameTable; id: number; values: readonly string[] }[]

const NAME_TABLES = ['sources', 'formats', 'fields'] as const
type NameTable = (typeof NAME_TABLES)[number]

/** Small numbers for the names of sources, formats, fields and metrics, as the tables hold them. */
export class Names {
  readonly #ids = new Map<NameTable, Map<string, number>>(NAME_TABLES.map(table => [table, new Map()]))
  /** Every field that has a column, in the order of the columns. */
  readonly columns: { id: number; type: FieldType }[] = []

  static async load(connection: DuckDBConnection): Promise<Names> {
    const names = new Names()
    for (const table of NAME_TABLES)
      for (const [, ...values] of await select(connection, `select * from ${table} order by id`))
        names.#idOf(table, values.map(String), [])
    return names
  }

  source(name: string, fresh: FreshNames): number {
    return this.#idOf('sources', [name], fresh)
  }

  format(kind: Kind, text: string, fresh: FreshNames): number {
    return this.#idOf('formats', [kind, text], fresh)
  }

  field(type: FieldType, name: string, fresh: FreshNames): number {
    return this.#idOf('fields', [type, name], fresh)
  }

  /** Names are numbered from 0 on in the order in which they come. */
  #idOf(table: NameTable, values: readonly string[], fresh: FreshNames): number {
    const ids = this.#ids.get(table)!
    const name = values.join(' ')
    const known = ids.get(name)
    if (known !== undefined) return known
    const id = ids.size
    ids.set(name, id)
    fresh.push({ table, id, values })
    const [type] = values
    if (table === 'fields' && (type === 'text' || type === 'number')) this.columns.push({ id, type })
    return id
  }
}
