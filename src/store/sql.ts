import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'

/** Runs one statement and gives all its rows. */
export async function select(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = []
): Promise<DuckDBValue[][]> {
  const reader = await connection.runAndReadAll(sql, values)
  return reader.getRows()
}

/** The same, as objects: the columns are those of `shape` in its order, each read by its function. */
export async function selectAs<Shape extends Readonly<Record<string, (value: DuckDBValue) => unknown>>>(
  connection: DuckDBConnection,
  shape: Shape,
  sql: string,
  values: DuckDBValue[] = []
): Promise<{ readonly [Name in keyof Shape]: ReturnType<Shape[Name]> }[]> {
  const columns = Object.entries(shape)
  const rows = await select(connection, sql, values)
  return rows.map(row => {
    const entries: unknown[][] = columns.map(([name, read], i) => [name, read(row[i] ?? null)])
    return Object.fromEntries(entries)
  })
}

/** A text that can be NULL. */
export function textOrNull(value: DuckDBValue): string | null {
  return typeof value === 'string' ? value : null
}

/** Runs `work` in one transaction on the writing connection; all of it counts or nothing. */
export async function transaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('begin')
  try {
    const result = await work()
    await connection.run('commit')
    return result
  } catch (error) {
    // A transaction that is already gone cannot be rolled back; the first error shows why.
    await connection.run('rollback').catch(() => undefined)
    throw error
  }
}

/** A whole number for SQL text, rounded towards zero. RangeError when it is not finite. */
export function whole(value: number): string {
  return BigInt(Math.trunc(value)).toString()
}

/** A copy of the bytes of a BLOB (they can lie in the engine's memory); none for NULL. */
export function blobBytes(value: DuckDBValue | undefined): Uint8Array {
  return typeof value === 'object' && value !== null && 'bytes' in value
    ? value.bytes.slice()
    : new Uint8Array(0)
}

/** The first line of what an error says. */
export function firstLineOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? text
}

/** That a column has one of some names, which are the first parameters of the statement, with these; all rows pass without them. */
export function oneOfNames(
  column: string,
  names: readonly string[] | undefined
): { sql: string; values: string[] } {
  if (!names) return { sql: 'true', values: [] }
  return {
    sql: `${column} in (${names.map((_, i) => `$${i + 1}`).join(', ') || 'null'})`,
    values: [...names]
  }
}
