import {
  BIGINT,
  BLOB,
  DOUBLE,
  DuckDBBlobValue,
  INTEGER,
  SMALLINT,
  TIMESTAMP,
  UTINYINT,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection
} from '@duckdb/node-api'
import type { Micros } from '../core/time.ts'
import type { Entry } from './dictionaries.ts'
import type { FieldType } from './schema.ts'
import type { StagedEvents, StagedRejection } from './stage.ts'
import { appendColumns, type ColumnValues } from './vectors.ts'

const EVENT_TYPES = [TIMESTAMP, SMALLINT, SMALLINT, SMALLINT, UTINYINT]

/** Opens the appender of a table for as long as `write` takes. */
export async function appendTo(
  connection: DuckDBConnection,
  table: string,
  write: (appender: DuckDBAppender) => void
): Promise<void> {
  const appender = await connection.createAppender(table)
  try {
    write(appender)
  } finally {
    appender.closeSync()
  }
}

/** Appends events; `columns` are those of the table after the fixed ones. */
export async function appendEvents(
  connection: DuckDBConnection,
  events: readonly StagedEvents[],
  columns: readonly { id: number; type: FieldType }[]
): Promise<void> {
  if (events.length === 0) return
  const types = [...EVENT_TYPES, ...columns.map(({ type }) => (type === 'number' ? DOUBLE : INTEGER))]
  await appendTo(connection, 'events', appender => {
    for (const rows of events) {
      const fields = columns.map(({ id, type }): ColumnValues => {
        const values = rows.columns.get(id)
        if (values) return numbers(values)
        return type === 'number' ? { kind: 'null' } : constant(0)
      })
      const fixed = [
        numbers(rows.time),
        numbers(rows.zone),
        constant(rows.source),
        constant(rows.format),
        numbers(rows.flags)
      ]
      appendColumns(appender, types, [...fixed, ...fields], rows.rows)
    }
  })
}

/** Appends new values of dictionaries. */
export async function appendEntries(connection: DuckDBConnection, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  await appendTo(connection, 'dictionary', appender =>
    appendColumns(
      appender,
      [SMALLINT, INTEGER, VARCHAR, BLOB],
      [
        numbers(entries.map(entry => entry.field)),
        numbers(entries.map(entry => entry.code)),
        { kind: 'items', values: entries.map(entry => entry.value) },
        entries.some(entry => entry.raw) ? blobs(entries.map(entry => entry.raw)) : { kind: 'null' }
      ],
      entries.length
    )
  )
}

/** Appends rejected lines, numbered from `first` on. */
export async function appendRejected(
  connection: DuckDBConnection,
  lines: readonly StagedRejection[],
  first: number,
  now: Micros
): Promise<void> {
  if (lines.length === 0) return
  const texts = (pick: (line: StagedRejection) => string): ColumnValues => ({
    kind: 'items',
    values: lines.map(pick)
  })
  await appendTo(connection, 'rejected', appender =>
    appendColumns(
      appender,
      [BIGINT, TIMESTAMP, VARCHAR, VARCHAR, VARCHAR, DOUBLE, VARCHAR, BLOB],
      [
        numbers(lines.map((_, i) => first + i)),
        constant(now),
        texts(line => line.source),
        texts(line => line.stream),
        texts(line => line.name),
        numbers(lines.map(line => line.offset)),
        texts(line => line.reason),
        blobs(lines.map(line => line.bytes))
      ],
      lines.length
    )
  )
}

export function numbers(values: ArrayLike<number>): ColumnValues {
  return { kind: 'numbers', values }
}

export function constant(value: number): ColumnValues {
  return { kind: 'constant', value }
}

export function blobs(values: readonly (Uint8Array | undefined)[]): ColumnValues {
  return { kind: 'items', values: values.map(bytes => (bytes ? new DuckDBBlobValue(bytes) : null)) }
}
