import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync
} from 'node:fs'
import { VisorError } from '../core/errors.ts'
import type { Millis } from '../core/time.ts'
import { timedName } from '../system/aside.ts'
import { openDatabase } from './database.ts'
import { storeError, whyFailed } from './failure.ts'
import { addColumns, IS_COLUMN, STORE_MIGRATIONS, OTHER_KEY, versionOf, type FieldType } from './schema.ts'
import { select, whole } from './sql.ts'
import { createView } from './view.ts'

/** What counts, texts and lines hang on: where some of it cannot be read, a store would count lines twice or name them wrongly. */
const ESSENTIAL = ['state', 'sources', 'formats', 'fields', 'positions', 'counters', 'versions']

/** The rest, of which what can be read is worth having. */
const OTHERS = ['dictionary', 'events', 'rollups', 'sketches', 'outdated', 'readings', 'rejected']

/** Rows that the database keeps together: where one cannot be read, none of them can. */
const GROUP = 122_880

/** How much of a table could be read. */
export interface TableRows {
  readonly table: string
  readonly read: number
  readonly lost: number
}

/** How a store's file is. */
export interface StoreCheck {
  readonly tables: readonly TableRows[]
  /** Why it cannot be read, wholly or at all; absent where it is in order. */
  readonly damage?: string
}

/** What was saved of a damaged store. */
export interface SavedStore {
  /** The file as it was. */
  readonly aside: string
  /** In the new one; `undefined` where nothing could be saved and the next Visor begins anew. */
  readonly tables: readonly TableRows[] | undefined
  /** What the file could only be read without. */
  readonly without?: string
}

/** Reads all of a store that nobody has open; changes nothing. @throws VisorError STORE_LOCKED, NEWER_FILE */
export async function checkStore(file: string): Promise<StoreCheck> {
  try {
    using old = await openOld(file)
    await versionOf(old.connection, file, 'old')
    const tables = []
    for (const table of [...ESSENTIAL, ...OTHERS])
      tables.push(
        await eachGroup(old.connection, table, where => `select max(hash(t)) from old.${table} t ${where}`)
      )
    const lost = tables.filter(table => table.lost > 0)
    if (lost.length === 0) return { tables }
    return {
      tables,
      damage: `${lost.map(({ table, lost }) => `${lost} rows of ${table}`).join(', ')} cannot be read`
    }
  } catch (error) {
    const { code, why } = whyFailed(file, error)
    if (code === 'STORE_DAMAGED') return { tables: [], damage: why }
    throw storeError(file, 'checked', error)
  }
}

/**
 * Puts a damaged store that nobody has open aside, and all of it that can be read in its place. Positions and counts are those of
 * one moment, so what came after it is read again, and nothing twice. Needs as much room as the file has, twice at most.
 */
export async function salvageStore(file: string, now: Millis): Promise<SavedStore> {
  const [copy, made] = [`${file}.copy`, `${file}.new`]
  const remove = (): void => {
    for (const path of [copy, made]) for (const end of ['', '.wal']) rmSync(path + end, { force: true })
  }
  const aside = timedName(file, 'damaged', now)
  try {
    const saved = await firstReadable(file, copy, made, remove)
    for (const end of ['.wal', '']) if (existsSync(file + end)) renameSync(file + end, aside + end)
    if (saved) renameSync(made, file)
    return { aside, tables: saved?.tables, ...(saved?.without !== undefined && { without: saved.without }) }
  } finally {
    remove()
  }
}

/** Tries the ways in which a file can be read, those that lose least first. */
async function firstReadable(
  file: string,
  copy: string,
  made: string,
  remove: () => void
): Promise<{ readonly tables: TableRows[]; readonly without?: string } | undefined> {
  for (const { without, prepare } of WAYS) {
    remove()
    try {
      await prepare?.(file, copy)
      const tables = await copied(prepare ? copy : file, made)
      return { tables, ...(without !== undefined && { without }) }
    } catch (error) {
      if (whyFailed(file, error).code !== 'STORE_DAMAGED') throw storeError(file, 'saved', error)
    }
  }
  return undefined
}

interface Way {
  readonly without?: string
  /** Makes of the file a copy that can be read; the file itself is, where it is absent. */
  prepare?(this: void, file: string, copy: string): Promise<void> | void
}

/** The head of a file, which says what it is; where its tables are comes after it. */
const HEAD = 4096

const LATEST = 'what was stored since the last checkpoint'

const WAYS: readonly Way[] = [
  {},
  { without: LATEST, prepare: copyFileSync },
  {
    without: LATEST,
    async prepare(file, copy) {
      // What the file is stands in every file of this version alike.
      const database = await openDatabase(copy, '64MB')
      database.close()
      const head = Buffer.alloc(HEAD)
      const fresh = openSync(copy, 'r')
      readSync(fresh, head, 0, HEAD, 0)
      closeSync(fresh)
      copyFileSync(file, copy)
      const target = openSync(copy, 'r+')
      writeSync(target, head, 0, HEAD, 0)
      closeSync(target)
    }
  }
]

/** Copies all that can be read into a new store. @throws where what is essential cannot be */
export async function copied(file: string, made: string): Promise<TableRows[]> {
  const database = await openDatabase(made, '512MB')
  database.close()
  using old = await openOld(file, made)
  const { connection } = old
  await versionOf(connection, file, 'old')
  const tables: TableRows[] = []
  const copy = async (table: string): Promise<void> => {
    const names = await columnsOf(connection, table)
    const sql = (where: string): string =>
      `insert into made.${table} (${names}) select ${names} from old.${table} t ${where}`
    tables.push(await eachGroup(connection, table, sql))
  }
  for (const table of ESSENTIAL) {
    await connection.run(`delete from made.${table}`)
    await copy(table)
    if (tables.some(({ lost }) => lost > 0)) throw new VisorError('STORE_DAMAGED', `${table} is lost`)
  }
  await connection.run('use made')
  await connection.run(
    `update state set version = ${STORE_MIGRATIONS.length}, identity = coalesce(identity, uuid()::varchar)`
  )
  const columns = await select(connection, `select id, type from fields where ${IS_COLUMN}`)
  await addColumns(
    connection,
    columns.map(([id, type]) => ({
      id: Number(id),
      type: type === 'number' ? 'number' : ('text' satisfies FieldType)
    }))
  )
  for (const table of OTHERS) await copy(table)
  if (tables.some(({ table, lost }) => table === 'dictionary' && lost > 0)) await forgetUnnamed(connection)
  await createView(connection)
  await connection.run('checkpoint made')
  return tables
}

/** The columns that a table has in both files; those of a file of an older Visor may be fewer. */
async function columnsOf(connection: DuckDBConnection, table: string): Promise<string> {
  const rows = await select(
    connection,
    `select column_name from duckdb_columns() where table_name = $1 and database_name in ('old', 'made')
     group by column_name having count(*) = 2`,
    [table]
  )
  return rows.map(([name]) => `"${String(name)}"`).join(', ')
}

/** Codes whose texts are lost are given to other texts later: rows have none in their place. */
async function forgetUnnamed(connection: DuckDBConnection): Promise<void> {
  for (const [id, type] of await select(connection, "select id, type from fields where type <> 'number'")) {
    const field = whole(Number(id))
    const unnamed = (column: string): string =>
      `${column} not in (select code from dictionary where field = ${field})`
    if (type === 'text')
      await connection.run(`update events set c${field} = 0 where c${field} <> 0 and ${unnamed(`c${field}`)}`)
    else
      await connection.run(
        `update rollups set key = ${OTHER_KEY} where metric = ${field} and key <> ${OTHER_KEY} and ${unnamed('key')}`
      )
  }
}

/** Runs a statement over a whole table; where that fails, over each group of rows that can be read. */
async function eachGroup(
  connection: DuckDBConnection,
  table: string,
  sql: (where: string) => string
): Promise<TableRows> {
  const [known] = await select(
    connection,
    "select 1 from duckdb_tables() where database_name = 'old' and table_name = $1",
    [table]
  )
  // An older Visor had fewer.
  if (!known) return { table, read: 0, lost: 0 }
  const [row] = await select(connection, `select count(*)::double from old.${table}`)
  const rows = Number(row?.[0])
  try {
    await connection.run(sql(''))
    return { table, read: rows, lost: 0 }
  } catch (error) {
    if (whyFailed(table, error).code !== 'STORE_DAMAGED') throw error
  }
  const [last] = await select(connection, `select max(rowid)::double from old.${table}`)
  let read = 0
  for (let from = 0; from <= Number(last?.[0]); from += GROUP) {
    const where = `where t.rowid >= ${whole(from)} and t.rowid < ${whole(from + GROUP)}`
    try {
      await connection.run(sql(where))
      const [some] = await select(connection, `select count(*)::double from old.${table} t ${where}`)
      read += Number(some?.[0])
    } catch (error) {
      if (whyFailed(table, error).code !== 'STORE_DAMAGED') throw error
    }
  }
  return { table, read, lost: rows - read }
}

/** A file as `old`, to be read alone, and another as `made`. */
async function openOld(file: string, made?: string): Promise<Disposable & { connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '1' })
  const connection = await instance.connect()
  const close = (): void => {
    connection.closeSync()
    instance.closeSync()
  }
  try {
    await connection.run(`attach ${quoted(file)} as old (read_only)`)
    if (made !== undefined) await connection.run(`attach ${quoted(made)} as made`)
    return { connection, [Symbol.dispose]: close }
  } catch (error) {
    close()
    throw error
  }
}

/** A path as SQL writes it. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`
}
