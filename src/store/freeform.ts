import { StatementType, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import { VisorError } from '../core/errors.ts'
import { messageOf } from './message.ts'

export interface SqlQuery {
  /** One SELECT. */
  readonly sql: string
  /** Rows at most. */
  readonly limit: number
}

/** What a SELECT gave; values are plain: what JSON has no form for is text. */
export interface SqlAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | boolean | null)[])[]
  /** There were more rows than the limit. */
  readonly more: boolean
}

/** Milliseconds after which a SELECT is ended. */
const LONGEST = 30_000

/**
 * Runs one SELECT of the user over the view `log` and the tables, on a connection of its own.
 * VisorError QUERY for anything else, with the database's own message where it is wrong, and where it takes too long.
 */
export async function runSql(
  connection: DuckDBConnection,
  { sql, limit }: SqlQuery,
  longest = LONGEST
): Promise<SqlAnswer> {
  const timer = setTimeout(() => connection.interrupt(), longest)
  try {
    const statements = await connection.extractStatements(sql)
    if (statements.count !== 1) throw new VisorError('QUERY', 'Here one statement is expected.')
    const statement = await statements.prepare(0)
    if (statement.statementType !== StatementType.SELECT) {
      throw new VisorError('QUERY', 'Only a SELECT is allowed here.')
    }
    const reader = await statement.streamAndReadUntil(limit + 1)
    const rows = reader.getRows().map(row => row.map(plain))
    return {
      columns: reader.deduplicatedColumnNames(),
      rows: rows.slice(0, limit),
      more: rows.length > limit
    }
  } catch (error) {
    if (error instanceof VisorError) throw error
    throw new VisorError('QUERY', messageOf(error), { cause: error })
  } finally {
    clearTimeout(timer)
    connection.closeSync()
  }
}

function plain(value: DuckDBValue): SqlAnswer['rows'][number][number] {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return String(value)
}
