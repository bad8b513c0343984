import type { DuckDBConnection } from '@duckdb/node-api'
import { appendCells, encodeCells, type RollupRows } from './cells.ts'
import type { Entry } from './dictionaries.ts'
import { MINUTE, type Micros } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { addColumns, type FieldType } from './schema.ts'
import type { StoreNumbering } from './numbering.ts'
import type { Staged } from './stage.ts'
import { createView } from './view.ts'
import { select, transaction, whole } from './sql.ts'
import { appendRows, type ColumnValues } from './vectors.ts'

/** One commit's rows, all numbers given: it can be tried again as it is while the next one gathers. */
export interface Sealed extends Staged {
  /** Those of the rollup and of signals. */
  readonly cells: readonly RollupRows[]
  /** The columns that table `events` has with this commit. */
  readonly columns: readonly { id: number; type: FieldType }[]
}

/** Ends the gathering of a commit. */
export function seal(staged: Staged, numbering: StoreNumbering): Sealed {
  const { rollup, signals, names, entries } = staged
  const cells = [
    encodeCells(rollup, 'metric', numbering, names, entries),
    encodeCells(signals, 'signal', numbering, names, entries)
  ]
  return { ...staged, cells, columns: [...numbering.names.columns] }
}

/**
 * Writes all of a commit in one transaction: names, values, events, rollups, rejected lines, counters, positions.
 * Throws when the database does; nothing is written then, unless the error came after the commit itself:
 * see `lastCommit`. The commit's `number` is one more than the last one's; rejected lines are numbered from `firstRejected`
 * on.
 */
export async function writeCommit(
  connection: DuckDBConnection,
  sealed: Sealed,
  { number, firstRejected, now }: { number: number; firstRejected: number; now: Micros }
): Promise<void> {
  await transaction(connection, async () => {
    await writeNames(connection, sealed)
    await appendEntries(connection, sealed.entries)
    await appendEvents(connection, sealed)
    for (const rows of sealed.cells) await appendCells(connection, rows)
    await appendRejected(connection, sealed, firstRejected, now)
    await upsertPositions(connection, sealed, now)
    await addCounterRows(connection, sealed, now)
    await connection.run(`update state set commits = ${number}, committed = make_timestamp(${now})`)
  })
}

/** Number of the last commit that is durable. */
export async function lastCommit(connection: DuckDBConnection): Promise<number> {
  const [row] = await select(connection, 'select commits from state')
  return Number(row?.[0] ?? 0)
}

async function writeNames(connection: DuckDBConnection, { names, columns }: Sealed): Promise<void> {
  for (const { table, id, values } of names)
    await connection.run(
      `insert into ${table} values (${id}, ${values.map((_, i) => `$${i + 1}`).join(', ')})`,
      [...values]
    )
  const fields = names.flatMap(({ table, id }) => (table === 'fields' ? [id] : []))
  if (fields.length === 0) return
  await addColumns(
    connection,
    columns.filter(({ id }) => fields.includes(id))
  )
  await createView(connection)
}

/** Not null: DuckDB reads a long text before it again for each null, and a mebibyte a thousand times is more than its memory. */
const NOTHING = new Uint8Array()

/** Appends new values of dictionaries. */
export function appendEntries(connection: DuckDBConnection, entries: readonly Entry[]): Promise<void> {
  return appendRows(connection, 'dictionary', [
    entries.map(entry => entry.field),
    entries.map(entry => entry.code),
    entries.map(entry => entry.value),
    entries.map(entry => entry.raw ?? NOTHING)
  ])
}

function appendEvents(connection: DuckDBConnection, { events, columns }: Sealed): Promise<void> {
  const batches = events.map(rows => {
    const fields = columns.map(
      ({ id, type }): ColumnValues => rows.columns.get(id) ?? (type === 'number' ? null : 0)
    )
    return [rows.time, rows.zone, rows.source, rows.format, rows.flags, ...fields] as const
  })
  return appendRows(connection, 'events', ...batches)
}

function appendRejected(
  connection: DuckDBConnection,
  { rejected }: Sealed,
  first: number,
  now: Micros
): Promise<void> {
  return appendRows(connection, 'rejected', [
    rejected.map((_, i) => first + i),
    now,
    rejected.map(line => line.source),
    rejected.map(line => line.stream),
    rejected.map(line => line.name),
    rejected.map(line => line.offset),
    rejected.map(line => line.reason),
    rejected.map(line => line.bytes)
  ])
}

async function upsertPositions(
  connection: DuckDBConnection,
  { positions }: Sealed,
  now: Micros
): Promise<void> {
  const rows = Array.from(positions.values(), row => ({
    ...row,
    position: JSON.stringify(row.position),
    format: row.format && JSON.stringify(row.format)
  }))
  await insertJson(
    connection,
    rows,
    '{"stream":"VARCHAR","source":"VARCHAR","name":"VARCHAR","position":"VARCHAR","finished":"BOOLEAN","format":"VARCHAR"}',
    given =>
      `insert or replace into positions
       select stream, source, name, position, finished, format, make_timestamp(${now}) from ${given}`
  )
}

/** Adds to the counters of all time, and to those of the minute. */
async function addCounterRows(
  connection: DuckDBConnection,
  { counters }: Sealed,
  now: Micros
): Promise<void> {
  const rows = Array.from(counters, ([source, counts]) => ({ source, ...counts }))
  const insert = (table: string, start: string): Promise<void> =>
    insertJson(
      connection,
      rows,
      '{"source":"VARCHAR","read":"DOUBLE","parsed":"DOUBLE","rejected":"DOUBLE","late":"DOUBLE","bytes":"DOUBLE"}',
      given =>
        `insert into ${table} select ${start} source, read, parsed, rejected, late, bytes from ${given}
         on conflict do update set read = read + excluded.read, parsed = parsed + excluded.parsed,
           rejected = rejected + excluded.rejected, late = late + excluded.late, bytes = bytes + excluded.bytes`
    )
  await insert('counters', '')
  await insert('readings', `${whole(windowOf(now, MINUTE))},`)
}

/** Inserts rows that the database reads from JSON: it refuses the escapes that half a surrogate pair becomes. */
async function insertJson(
  connection: DuckDBConnection,
  rows: readonly object[],
  types: string,
  insert: (given: string) => string
): Promise<void> {
  if (rows.length === 0) return
  const json = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value
  )
  await connection.run(insert(`(select unnest(from_json($1, '[${types}]'), recursive := true))`), [json])
}
