import type { DuckDBConnection } from '@duckdb/node-api'
import { Codes, keyOf } from './dictionaries.ts'
import { Names } from './names.ts'
import { LINE_FIELD } from './schema.ts'
import { blobBytes, select } from './sql.ts'

/** The numbers that the store has given to names and values so far. */
export interface Numbering {
  readonly names: Names
  /** By the number of the field or metric. */
  readonly codes: Map<number, Codes>
}

/** Values of each field that are read back into memory. */
const RECALLED = 20_000

/** The codes of a field; made when it is new. */
export function codesOf(numbering: Numbering, field: number): Codes {
  let codes = numbering.codes.get(field)
  if (!codes) numbering.codes.set(field, (codes = new Codes(field)))
  return codes
}

/** Goes on where the store's tables left off. */
export async function loadNumbering(connection: DuckDBConnection): Promise<Numbering> {
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
    codes.get(Number(field))?.remember(typeof key === 'string' ? key : keyOf(blobBytes(raw)), Number(code))
}
