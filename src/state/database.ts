import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { VisorError } from '../core/errors.ts'
import { makeFolder } from '../system/folders.ts'
import { diskFullText, isDiskFull } from '../system/disk.ts'
import { fileMode } from '../system/private.ts'
import { reasonOf } from '../system/reason.ts'
import { MIGRATIONS } from './schema.ts'
import { DiskSync } from './disk-sync.ts'

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>

/**
 * For another process that writes it waits two seconds, longer than any of ours takes. A commit survives the end of this process,
 * however it comes; on the disk it is a little later (`DiskSync`). Should the machine fail in between, what is lost is found again
 * in the store, and sent under the same id.
 */
const PRAGMAS =
  'pragma busy_timeout = 2000; pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 10000'

/** SQLite's result code of a full disk, and those of a damaged file. */
const FULL = 13
const DAMAGED: readonly number[] = [11, 26]

/** Bytes that a file keeps free within itself, so that alerts are written, and sent, while its disk is full. */
const RESERVE = 1_000_000

/** What SQLite's result codes mean for people. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [5, 'another process keeps it locked'],
  [8, 'it may not be written'],
  [11, 'it is damaged'],
  [14, 'the system opens neither it nor a file beside it: this process may have too many open (`ulimit -n`)'],
  [26, 'it is damaged, or no database of SQLite']
])

/** An open SQLite database. What it cannot do it throws as VisorError STATE. */
export class StateDatabase {
  readonly #file: string | undefined
  readonly #path: string
  #connection: DatabaseSync
  #sync: DiskSync | undefined
  readonly #statements = new Map<string, StatementSync>()

  /** Opens or makes a database; `undefined` for one in memory. */
  constructor(path: string | undefined) {
    this.#file = path
    this.#path = path ?? 'memory'
    this.#connection = this.#open()
  }

  #open(): DatabaseSync {
    this.#sync = this.#file === undefined ? undefined : new DiskSync(`${this.#file}-wal`)
    this.#connection = this.#try('opened', () => connect(this.#file))
    try {
      this.#try('opened', () => this.#connection.exec(PRAGMAS))
      this.#migrate()
    } catch (error) {
      this.close()
      throw error
    }
    return this.#connection
  }

  /** Has something done with the file while it is closed, and opens it anew. Nothing where it is in memory. */
  reopen<T>(meanwhile: (path: string) => T): T | undefined {
    if (this.#file === undefined) return undefined
    this.#statements.clear()
    this.close()
    try {
      return meanwhile(this.#file)
    } finally {
      this.#open()
    }
  }

  /** All rows of a query. */
  all(sql: string, values: readonly SQLInputValue[] = []): Row[] {
    return this.#try('read', () => this.#prepared(sql).all(...values))
  }

  /** Runs a statement; gives how many rows it changed. */
  run(sql: string, values: readonly SQLInputValue[] = []): number {
    const work = (): number => this.#try('written', () => Number(this.#prepared(sql).run(...values).changes))
    return this.#connection.isTransaction ? work() : this.#withRoom(work)
  }

  /** Adds a row. `or` is what becomes of it where there is one already: `'or ignore'`, `'or replace'`; an error when absent. */
  insert(table: string, row: Readonly<Record<string, SQLInputValue>>, or = ''): void {
    const columns = Object.keys(row)
    const values = columns.map(() => '?')
    this.run(`insert ${or} into ${table} (${columns.join()}) values (${values.join()})`, Object.values(row))
  }

  /** Runs `work` in one transaction: all of it becomes durable, or nothing. It may run again after the disk was full. */
  transaction<T>(work: () => T): T {
    return this.#withRoom(() => this.#transaction(work))
  }

  /**
   * Sees to it that the file has free pages, and its log as much room. Pages are there only once they were written: a transaction
   * takes them, another one frees them.
   */
  reserve(): void {
    const { free, size } = this.all(
      'select freelist_count as free, page_size as size from pragma_freelist_count, pragma_page_size'
    )[0] ?? { free: 0, size: 1 }
    if (Number(free) * Number(size) >= RESERVE / 2) return
    this.transaction(() => {
      this.run('create table reserve (bytes blob) strict')
      this.run(`insert into reserve values (zeroblob(${RESERVE}))`)
    })
    this.run('drop table reserve')
    this.all('pragma wal_checkpoint(restart)')
  }

  #transaction<T>(work: () => T): T {
    this.run('begin immediate')
    try {
      const result = work()
      this.run('commit')
      this.#sync?.wrote()
      return result
    } catch (error) {
      // SQLite rolls back by itself where it cannot go on.
      if (this.#connection.isTransaction) this.run('rollback')
      throw error
    }
  }

  /** On a full disk the log is begun anew in the space that it has, once what is in it is in the file's free pages. */
  #withRoom<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof VisorError) || resultCode(error.cause) !== FULL) throw error
      this.all('pragma wal_checkpoint(restart)')
      return work()
    }
  }

  close(): void {
    this.#sync?.close()
    this.#connection.close()
  }

  #migrate(): void {
    if (this.#version() === MIGRATIONS.length) return
    this.transaction(() => {
      const version = this.#version()
      if (version > MIGRATIONS.length) {
        const message = `the state of alerts in ${this.#path} is of a newer Visor (its version is ${version}, this one knows ${MIGRATIONS.length})`
        throw new VisorError('NEWER_FILE', message)
      }
      for (const sql of MIGRATIONS.slice(version)) this.#try('written', () => this.#connection.exec(sql))
      this.run(`pragma user_version = ${MIGRATIONS.length}`)
    })
  }

  #version(): number {
    return Number(this.all('pragma user_version')[0]?.['user_version'])
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#connection.prepare(sql)))
    return statement
  }

  #try<T>(done: 'opened' | 'read' | 'written', work: () => T): T {
    try {
      return work()
    } catch (cause) {
      const isFull = resultCode(cause) === FULL || isDiskFull(cause)
      const why = isFull ? diskFullText(dirname(this.#path), cause) : whyOf(cause)
      const reason = `the state of alerts in ${this.#path} cannot be ${done}: ${why}`
      const code = DAMAGED.includes(resultCode(cause)) ? 'STATE_DAMAGED' : 'STATE'
      throw new VisorError(isFull ? 'DISK_FULL' : code, reason, { cause })
    }
  }
}

function connect(path: string | undefined): DatabaseSync {
  if (path === undefined) return new DatabaseSync(':memory:')
  makeFolder(dirname(path))
  // It holds secrets and log text; the files beside it get the same mode from SQLite.
  closeSync(openSync(path, 'a', fileMode()))
  return new DatabaseSync(path)
}

function whyOf(cause: unknown): string {
  return REASONS.get(resultCode(cause)) ?? reasonOf(cause)
}

/** SQLite's result code of an error; 0 where it is none of SQLite. */
function resultCode(cause: unknown): number {
  const code =
    cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode : 0
  // The low byte is the kind of failure, what is above is the detail.
  return code & 0xff
}
