import { chmodSync, closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { VisorError } from '../core/errors.ts'
import { makeFolder } from '../system/folders.ts'
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

/** What SQLite's result codes mean for people. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [5, 'another process keeps it locked'],
  [8, 'it may not be written'],
  [11, 'it is damaged; move it away to begin anew'],
  [13, 'the disk is full'],
  [26, 'it is damaged, or no database of SQLite; move it away to begin anew']
])

/** An open SQLite database. What it cannot do it throws as VisorError STATE. */
export class StateDatabase {
  readonly #path: string
  readonly #connection: DatabaseSync
  readonly #sync: DiskSync | undefined
  readonly #statements = new Map<string, StatementSync>()

  /** Opens or makes a database; `undefined` for one in memory. */
  constructor(path: string | undefined) {
    this.#path = path ?? 'memory'
    this.#sync = path === undefined ? undefined : new DiskSync(`${path}-wal`)
    this.#connection = this.#try('opened', () => connect(path))
    try {
      this.#try('opened', () => this.#connection.exec(PRAGMAS))
      this.#migrate()
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** All rows of a query. */
  all(sql: string, values: readonly SQLInputValue[] = []): Row[] {
    return this.#try('read', () => this.#prepared(sql).all(...values))
  }

  /** Runs a statement; gives how many rows it changed. */
  run(sql: string, values: readonly SQLInputValue[] = []): number {
    return this.#try('written', () => Number(this.#prepared(sql).run(...values).changes))
  }

  /** Adds a row. `or` is what becomes of it where there is one already: `'or ignore'`, `'or replace'`; an error when absent. */
  insert(table: string, row: Readonly<Record<string, SQLInputValue>>, or = ''): void {
    const columns = Object.keys(row)
    const values = columns.map(() => '?')
    this.run(`insert ${or} into ${table} (${columns.join()}) values (${values.join()})`, Object.values(row))
  }

  /** Runs `work` in one transaction: all of it becomes durable, or nothing. */
  transaction<T>(work: () => T): T {
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
        throw new VisorError('STATE', message)
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
      const reason = `the state of alerts in ${this.#path} cannot be ${done}: ${whyOf(cause)}`
      throw new VisorError('STATE', reason, { cause })
    }
  }
}

function connect(path: string | undefined): DatabaseSync {
  if (path === undefined) return new DatabaseSync(':memory:')
  makeFolder(dirname(path))
  // It holds secrets and log text; the files beside it get the same mode from SQLite.
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  return new DatabaseSync(path)
}

function whyOf(cause: unknown): string {
  const code =
    cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode : 0
  // The low byte is the kind of failure, what is above is the detail.
  return REASONS.get(code & 0xff) ?? reasonOf(cause)
}
