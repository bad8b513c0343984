import { INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api'
import { derivationOf, type Derivation } from '../derived/index.ts'
import { termsOf, type Query } from '../query/index.ts'
import { appendTo, numbers } from './append.ts'
import { query } from './database.ts'
import { appendColumns } from './vectors.ts'
import type { Fields } from './where.ts'

/**
 * What is derived of the dictionary's texts, for the connection alone: `(name, code, value)`, the code being that of the
 * text in the field that it is derived of. It is filled when a query first asks for the field, each distinct text once, so
 * that a better derivation shows in old lines too and lines cost nothing for what nobody asks.
 */
export const DERIVED = 'derived'

/** Texts that are read into memory at a time. */
const CHUNK = 20_000

/** The highest code of the texts looked at so far, by derived field. */
type Known = Map<string, number>

const knownOf = new WeakMap<DuckDBConnection, Known>()
/** One after the other: two queries at once would both add what is missing. */
let turn: Promise<unknown> = Promise.resolve()

/** Derives the fields that a query looks at. */
export function deriveAll(connection: DuckDBConnection, where: Query, fields: Fields): Promise<void> {
  return derive(connection, new Set(termsOf(where).map(({ field = '' }) => field)), fields)
}

/** Derives some fields, of all texts that were not looked at yet. Names of fields that are not derived are passed over. */
export function derive(connection: DuckDBConnection, names: Iterable<string>, fields: Fields): Promise<void> {
  const run = turn.then(async () => {
    for (const name of names) {
      const derivation = derivationOf(name)
      if (derivation) await deriveField(connection, derivation, fields)
    }
  })
  turn = run.catch(() => undefined)
  return run
}

/** Derives one field, on a connection that nobody else derives on meanwhile. */
export async function deriveField(
  connection: DuckDBConnection,
  derivation: Derivation,
  fields: Fields
): Promise<void> {
  const { name } = derivation
  const field = fields.get(derivation.from)
  if (!field) return
  let known = knownOf.get(connection)
  if (!known) {
    await connection.run(
      `create temp table if not exists ${DERIVED}(name varchar, code integer, value varchar)`
    )
    knownOf.set(connection, (known = new Map()))
  }
  for (;;) {
    const rows = await query(
      connection,
      `select code, value from dictionary where field = ${field.id} and code > ${known.get(name) ?? 0}
       order by code limit ${CHUNK}`
    )
    const last = rows.at(-1)
    if (!last) return
    const derived = rows.flatMap(([code, value]) => {
      const text = derivation.derive(String(value))
      return text === undefined ? [] : [{ code: Number(code), text }]
    })
    await appendTo(connection, DERIVED, appender =>
      appendColumns(
        appender,
        [VARCHAR, INTEGER, VARCHAR],
        [
          { kind: 'items', values: derived.map(() => name) },
          numbers(derived.map(({ code }) => code)),
          { kind: 'items', values: derived.map(({ text }) => text) }
        ],
        derived.length
      )
    )
    known.set(name, Number(last[0]))
  }
}
