import type { DuckDBConnection } from '@duckdb/node-api'
import type { StreamPosition } from '../core/delivery.ts'
import type { Counters } from '../core/source.ts'
import { appendEntries, appendEvents, appendRejected } from './append.ts'
import { appendCells, encodeCells, type RollupRows } from './cells.ts'
import type { Micros } from '../core/time.ts'
import { addColumns, type FieldType } from './schema.ts'
import type { StoreNumbering } from './numbering.ts'
import type { Staged } from './stage.ts'
import { createView } from './view.ts'
import { select, transaction } from './sql.ts'

/** What a commit needs to know besides the rows. */
export interface CommitOptions {
  /** One more than the last commit's number. */
  readonly number: number
  /** Number of the first rejected line. */
  readonly firstRejected: number
  readonly now: Micros
}

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
 * see `lastCommit`.
 */
export async function writeCommit(
  connection: DuckDBConnection,
  sealed: Sealed,
  options: CommitOptions
): Promise<void> {
  const { names, entries, events, rejected, cells, columns } = sealed
  await transaction(connection, async () => {
    await writeNames(connection, names)
    await appendEntries(connection, entries)
    await appendEvents(connection, events, columns)
    for (const rows of cells) await appendCells(connection, rows, 0)
    await appendRejected(connection, rejected, options.firstRejected, options.now)
    await upsertPositions(connection, sealed.positions.values(), options.now)
    await addCounterRows(connection, sealed.counters)
    await connection.run(
      `update state set commits = ${options.number}, committed = make_timestamp(${options.now})`
    )
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

async function upsertPositions(
  connection: DuckDBConnection,
  positions: Iterable<StreamPosition>,
  now: Micros
): Promise<void> {
  const rows = Array.from(positions, row => ({
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

async function addCounterRows(
  connection: DuckDBConnection,
  counters: ReadonlyMap<string, Counters>
): Promise<void> {
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
