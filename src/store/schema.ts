import type { DuckDBConnection } from '@duckdb/node-api'
import { VisorError } from '../core/errors.ts'
import { select, transaction } from './sql.ts'

/** The column of kept lines: lines that the printer would not give back, as values of one more text field. */
export const LINE_FIELD = 0

/** Key of the folded rest in table `rollups`. */
export const OTHER_KEY = -1

/**
 * How the tables became what they are. A file knows how many of these steps it has seen (`state.version`), and gets the others when it is opened:
 * what is changed about the tables is one more entry. The second one may find its work done, since it was once done without being counted.
 *
 * Events and rollups are numbers alone, so that they are written as whole arrays; every text is a
 * code of `dictionary`, where each distinct value stands once for its field (seldom twice: the memory of values
 * seen is bounded, so readers group by value, never by code). Code 0 is an absent text, NULL an absent number.
 * `state` has among others a name for the store that no other has, and the longest windows (Micros) that engines made of new lines. `versions` has for each metric of a derived field the version of its lists and rules, and before which window counts of an
 * earlier one are still to be made anew; `outdated` has the days for which that cannot be done.
 * `counters` are of all time, `readings` the same by the minute of the clock in which lines were stored.
 * Counts are DOUBLE as in the rest of Visor: whole numbers are exact to 2^53.
 */
export const STORE_MIGRATIONS: readonly string[] = [
  `
create table state(version integer, commits bigint, committed timestamp, engine varchar, lines boolean);
insert into state values (0, 0, null, null, true);
create table sources(id smallint, name varchar);
create table formats(id smallint, kind varchar, text varchar);
create table fields(id smallint, type varchar, name varchar);
insert into fields values (${LINE_FIELD}, 'text', 'line');
create table dictionary(field smallint, code integer, value varchar, raw blob);
create table events(
  time timestamp, zone smallint, source smallint, format smallint, flags utinyint, c${LINE_FIELD} integer);
create table rollups(
  start bigint, tier utinyint, source smallint, metric smallint, key integer, count double, sum double);
create table sketches(start bigint, tier utinyint, source smallint, metric smallint, sketch blob);
create table versions(metric varchar primary key, version varchar, earlier varchar, pending bigint);
create table outdated(metric varchar, source smallint, start bigint, version varchar);
create table positions(
  stream varchar primary key, source varchar, name varchar, position varchar, finished boolean, format varchar,
  updated timestamp);
create table counters(
  source varchar primary key, read double, parsed double, rejected double, late double, bytes double);
create table rejected(
  number bigint, time timestamp, source varchar, stream varchar, name varchar, "offset" double, reason varchar, line blob);
`,
  `
alter table state add column if not exists identity varchar;
alter table state add column if not exists widest bigint;
create table if not exists readings(
  start bigint, source varchar, read double, parsed double, rejected double, late double, bytes double,
  primary key (start, source));
update state set identity = uuid() where identity is null;
`
]

/** Makes the tables of a new file, or of an older one those of this Visor. @throws VisorError NEWER_FILE */
export async function migrateTables(connection: DuckDBConnection, file: string): Promise<void> {
  for (let version = await versionOf(connection, file); version < STORE_MIGRATIONS.length; version++)
    await transaction(connection, async () => {
      await connection.run(STORE_MIGRATIONS[version] ?? '')
      await connection.run(`update state set version = ${version + 1}`)
    })
}

/**
 * How many of the steps a file has seen: 0 for a new one. `database` is the name that it is attached by, where it is not the connection's own.
 * @throws VisorError NEWER_FILE, STORE_BROKEN for one that no step begins with
 */
export async function versionOf(
  connection: DuckDBConnection,
  file: string,
  database?: string
): Promise<number> {
  const tables = await select(
    connection,
    "select table_name from duckdb_tables() where table_name in ('state', 'versions') and database_name = coalesce($1, current_database())",
    [database ?? null]
  )
  const names = new Set(tables.map(([name]) => name))
  if (!names.has('state')) return 0
  if (!names.has('versions'))
    throw new VisorError('STORE_BROKEN', `the store ${file} is of a Visor from before its first version`, {
      remedy:
        'Name another folder by `store.path`: what the logs still hold is read anew. The file was left as it is.'
    })
  const [row] = await select(
    connection,
    `select version from ${database === undefined ? '' : `${database}.`}state`
  )
  const version = Number(row?.[0])
  if (version <= STORE_MIGRATIONS.length) return version
  const message = `the store ${file} is of a newer Visor (its version is ${version}, this one knows ${STORE_MIGRATIONS.length})`
  throw new VisorError('NEWER_FILE', message)
}

/** What a number of table `fields` stands for: a field of the lines by its type, or the keys of a metric or signal. */
export type FieldType = 'text' | 'number' | 'metric' | 'signal'

/** Whether it is a field of the lines, which has a column: SQL of table `fields`. */
export const IS_COLUMN = "type in ('text', 'number')"

/** The column of a field in table `events`; names of fields can differ in case alone, so they are no columns. */
export function columnOf(field: number): string {
  return `c${field}`
}

/** Adds the columns of fields to `events`. */
export async function addColumns(
  connection: DuckDBConnection,
  fields: readonly { id: number; type: FieldType }[]
): Promise<void> {
  for (const { id, type } of fields) {
    const kind = type === 'number' ? 'double' : 'integer default 0'
    await connection.run(`alter table events add column if not exists ${columnOf(id)} ${kind}`)
  }
}

/**
 * What is derived of the dictionary's texts, for the connection alone: `(name, code, value)`, the code being that of the
 * text in the field that it is derived of. It is filled when a query first asks for the field, each distinct text once, so
 * that a better derivation shows in old lines too and lines cost nothing for what nobody asks.
 */
export const DERIVED = 'derived'
