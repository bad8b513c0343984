import type { DuckDBConnection } from '@duckdb/node-api'
import { derivationOf, type Derivation } from '../derived/index.ts'
import { appendRows } from './vectors.ts'
import type { LineFields } from './questions/question.ts'
import { DERIVED } from './schema.ts'
import { select } from './sql.ts'

/** Texts that are read into memory at a time. */
const CHUNK = 20_000

/** The highest code of the texts looked at so far, by derived field. */
type Known = Map<string, number>

const knownOf = new WeakMap<DuckDBConnection, Known>()
/** One after the other: two queries at once would both add what is missing. */
let turn: Promise<unknown> = Promise.resolve()

/** Derives some fields, of all texts that were not looked at yet. Names of fields that are not derived are passed over. */
export function derive(
  connection: DuckDBConnection,
  names: Iterable<string>,
  fields: LineFields
): Promise<void> {
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
  fields: LineFields
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
    const rows = await select(
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
    await appendRows(connection, DERIVED, [
      derived.map(() => name),
      derived.map(({ code }) => code),
      derived.map(({ text }) => text)
    ])
    known.set(name, Number(last[0]))
  }
}
