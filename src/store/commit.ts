import type { DuckDBConnection } from '@duckdb/node-api'
import { appendCells, encodeCells, type RollupRows } from './cells.ts'
import type { Entry } from './dictionaries.ts'
import type { Micros } from '../core/time.ts'
import { addColumns, type FieldType } from './schema.ts'
import type { StoreNumbering } from './numbering.ts'
import type { Staged } from './stage.ts'
import { createView } from './view.ts'
import { select, transaction } from './sql.ts'
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
    await writeNames(connection, sealed.names)
    await appendEntries(connection, sealed.entries)
    await appendEvents(connection, sealed)
    for (const rows of sealed.cells) await appendCells(connection, rows)
    await appendRejected(connection, sealed, firstRejected, now)
    await upsertPositions(connection, sealed, now)
    await addCounterRows(connection, sealed)
    await connection.run(`update state set commits = ${number}, committed = make_timestamp(${now})`)
  })
}

/** Number of the last commit that is durable. */
export async function lastCommit(connection: DuckDBConnection): Promise<number> {
  const [row] = await select(connection, 'select commits from state')
  return Number(row?.[0] ?? 0)
}

async function writeNames(connection: DuckDBConnection, names: Staged['names']): Promise<void> {
  for (const { id, name } of names.sources)
    await connection.run(`insert into sources values (${id}, $1)`, [name])
  for (const { id, kind, text } of names.formats)
    await connection.run(`insert into formats values (${id}, $1, $2)`, [kind, text])
  for (const { id, type, name } of names.fields)
    await connection.run(`insert into fields values (${id}, $1, $2)`, [type, name])
  if (names.fields.length === 0) return
  await addColumns(connection, names.fields)
  await createView(connection)
}

/** Appends new values of dictionaries. */
export function appendEntries(connection: DuckDBConnection, entries: readonly Entry[]): Promise<void> {
  return appendRows(connection, 'dictionary', [
    entries.map(entry => entry.field),
    entries.map(entry => entry.code),
    entries.map(entry => entry.value),
    entries.some(entry => entry.raw) ? entries.map(entry => entry.raw) : null
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
  if (rows.length === 0) return
  await connection.run(
    `insert or replace into positions
     select stream, source, name, position, finished, format, make_timestamp(${now}) from (select unnest(from_json($1,
       '[{"stream":"VARCHAR","source":"VARCHAR","name":"VARCHAR","position":"VARCHAR","finished":"BOOLEAN","format":"VARCHAR"}]'
     ), recursive := true))`,
    [jsonOf(rows)]
  )
}

async function addCounterRows(connection: DuckDBConnection, { counters }: Sealed): Promise<void> {
  const rows = Array.from(counters, ([source, counts]) => ({ source, ...counts }))
  if (rows.length === 0) return
  await connection.run(
    `insert into counters
     select source, read, parsed, rejected, late, bytes from (select unnest(from_json($1,
       '[{"source":"VARCHAR","read":"DOUBLE","parsed":"DOUBLE","rejected":"DOUBLE","late":"DOUBLE","bytes":"DOUBLE"}]'
     ), recursive := true))
     on conflict do update set read = read + excluded.read, parsed = parsed + excluded.parsed,
       rejected = rejected + excluded.rejected, late = late + excluded.late, bytes = bytes + excluded.bytes`,
    [jsonOf(rows)]
  )
}

/** JSON that the database can read: it refuses the escapes that half a surrogate pair becomes. */
function jsonOf(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value
  )
}
