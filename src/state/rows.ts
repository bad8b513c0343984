import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { StateDatabase, Row } from './database.ts'

/** Rows that one question gives at most. */
const MAX_ROWS = 10_000

/** Problems that are reported at most. */
const MAX_PROBLEMS = 100

/** Reads rows whose column `data` is JSON. What is damaged is left out, and reported once. */
export class JsonRows {
  readonly #database: StateDatabase
  readonly #problems = new Set<string>()

  constructor(database: StateDatabase) {
    this.#database = database
  }

  get problems(): readonly string[] {
    return [...this.#problems]
  }

  /** What the rows of a query hold, each of it read from `data`. */
  read<T extends object>(table: string, sql: string, values: readonly SQLInputValue[] = []): T[] {
    return this.#database.all(sql, values).flatMap(row => this.parse<T>(table, row, row['data']))
  }

  /**
   * The newest rows of a table by the column `time`. The keys of `conditions` are SQL with a `?` for their value; those
   * without a value do not count.
   */
  newest<T extends object>(
    table: string,
    time: string,
    conditions: Readonly<Record<string, SQLInputValue | undefined>>,
    limit: number
  ): T[] {
    const asked = Object.entries(conditions).flatMap(([sql, value]) =>
      value === undefined ? [] : [{ sql, value }]
    )
    const where = asked.length === 0 ? 'true' : asked.map(({ sql }) => sql).join(' and ')
    return this.read(
      table,
      `select rowid, * from ${table} where ${where} order by ${time} desc, rowid desc limit ?`,
      [...asked.map(({ value }) => value), atMost(limit)]
    )
  }

  /** What the JSON of a row holds: one thing, or none where it is damaged. */
  parse<T extends object>(table: string, row: Row, json: SQLOutputValue | undefined): T[] {
    try {
      const value: T | string | number | boolean | null = JSON.parse(String(json))
      if (typeof value === 'object' && value !== null) return [value]
      this.#report(table, row, 'its text is no object')
    } catch (error) {
      this.#report(table, row, error instanceof Error ? error.message : String(error))
    }
    return []
  }

  #report(table: string, row: Row, why: string): void {
    const id = row['id'] ?? row['seq'] ?? row['rowid']
    if (this.#problems.size < MAX_PROBLEMS) this.#problems.add(`${table} ${String(id)} is damaged: ${why}`)
  }
}

/** A limit that SQLite takes for one: to it, a negative number is none. */
export function atMost(limit: number): number {
  return Math.max(0, Math.min(Math.floor(limit), MAX_ROWS))
}
