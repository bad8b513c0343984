import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { formatDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
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
  let late = false
  const timer = setTimeout(() => {
    late = true
    connection.interrupt()
  }, SQL_TIMEOUT)
  try {
    const statements = sql.trim() === '' ? undefined : await connection.extractStatements(sql)
    if (statements?.count !== 1) throw wrong('Here one statement is expected.', REMEDY)
    const statement = await statements.prepare(0)
    if (statement.statementType !== StatementType.SELECT)
      throw wrong('Only a SELECT is allowed here.', REMEDY)
    const reader = await statement.streamAndReadUntil(limit + 1)
    const rows = reader.getRows().map(row => row.map(plain))
    return {
      columns: reader.deduplicatedColumnNames(),
      rows: rows.slice(0, limit),
      more: rows.length > limit
    }
  } catch (error) {
    if (error instanceof VisorError) throw error
    if (late)
      throw wrong(
        `the SELECT was not done within ${formatDuration(SQL_TIMEOUT)}`,
        'Let it read less: a shorter time, fewer lines.'
      )
    const said = error instanceof Error ? error.message : String(error)
    // DuckDB shows the place itself, below what it says.
    throw wrong(
      said
        .replace(/^Failed to extract statements: /, '')
        .replaceAll(/\n\s*\n/g, '\n')
        .trimEnd(),
      REMEDY
    )
  } finally {
    clearTimeout(timer)
  }
}

const REMEDY = 'docs/query.md has the view `log` and the tables that a SELECT may name.'

function wrong(message: string, remedy: string): VisorError {
  return new VisorError('QUERY', message, { remedy })
}

function plain(value: DuckDBValue): TableAnswer['rows'][number][number] {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return String(value)
}
