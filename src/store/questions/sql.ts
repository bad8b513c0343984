import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { firstLineOf } from '../sql.ts'
import type { TableAnswer } from './answers.ts'
import { requireLines } from './filter.ts'
import { limit, text } from './parameters.ts'
import { question } from './question.ts'

/** After so long a SELECT is ended. */
const SQL_TIMEOUT: Millis = 30 * SECOND_MS

/** Tables and views that hold lines. */
const OF_LINES: readonly string[] = ['log', 'events']

export const sqlQuestion = question({
  summary:
    'One SELECT over the view `log` and the tables; only what JSON has a form for, all else as text. VisorError QUERY for any other statement.',
  parameters: z =>
    z.strictObject({
      sql: text(z).describe('The SELECT ([query.md](query.md#sql)).'),
      limit: limit(z, 1000)
    }),
  needsLines: false,
  async read(reader, { sql, limit = 1000 }) {
    const connection = await reader.connect()
    try {
      if (tablesOf(connection, sql).some(name => OF_LINES.includes(name))) await requireLines(reader, {})
      return await runSql(connection, sql, limit)
    } finally {
      connection.closeSync()
    }
  },
  api: { access: 'socket', answer: rows => rows }
})

/** The tables that a statement names; none where it cannot be read. */
function tablesOf(connection: DuckDBConnection, sql: string): readonly string[] {
  try {
    return connection.getTableNames(sql, false)
  } catch {
    return []
  }
}

/** VisorError QUERY with the database's own message where the statement is wrong or takes too long. */
async function runSql(connection: DuckDBConnection, sql: string, limit: number): Promise<TableAnswer> {
  const { StatementType } = await import('@duckdb/node-api')
  const timer = setTimeout(() => connection.interrupt(), SQL_TIMEOUT)
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
    throw new VisorError('QUERY', firstLineOf(error), { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

function plain(value: DuckDBValue): TableAnswer['rows'][number][number] {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return String(value)
}
