import { INTEGER } from '@duckdb/node-api'
import { ALL_TIME } from '../core/rollup.ts'
import { appendTo, numbers } from './append.ts'
import { query, transaction, type Database } from './database.ts'
import { columnOf } from './schema.ts'
import { whole } from './sql.ts'
import { appendColumns } from './vectors.ts'

/** Rejected lines that are kept, the newest: so many of them, and so many bytes. */
const REJECTED = { lines: 100_000, bytes: 256e6 }

/**
 * Deletes events, rollups and rejected lines older than `before` (microseconds since 1970); positions and books
 * stay. Tells whether any events or rollups went.
 */
export async function forget({ writer }: Database, before: number): Promise<boolean> {
  const deletions = [
    `delete from events where time < make_timestamp(${whole(before)})`,
    `delete from rollups where start < ${whole(before)} and start <> ${ALL_TIME}`,
    `delete from sketches where start < ${whole(before)} and start <> ${ALL_TIME}`,
    `delete from rejected where time < make_timestamp(${whole(before)})`
  ]
  return transaction(writer, async () => {
    let deleted = 0
    for (const sql of deletions) deleted += (await writer.run(sql)).rowsChanged
    return deleted > 0
  })
}

/** Bounds the number and the bytes of rejected lines. */
export async function boundRejected({ writer }: Database, { lines, bytes } = REJECTED): Promise<void> {
  await writer.run(
    `delete from rejected where number <= (
       select coalesce(max(number), 0) from (
         select number, row_number() over newest as lines, sum(octet_length(line)) over newest as bytes
         from rejected window newest as (order by number desc))
       where lines > ${lines} or bytes > ${bytes})`
  )
}

/**
 * Deletes the values that no row has any more. `release` gives the codes of a field that rows still to come
 * can have; it is called once for each field, just before its values go.
 */
export async function sweepDictionary(
  { writer }: Database,
  release: (field: number) => ReadonlySet<number>
): Promise<void> {
  const fields = await query(writer, "select id, type from fields where type <> 'number'")
  for (const [id, type] of fields) {
    const field = Number(id)
    const used =
      type === 'metric'
        ? `select key from rollups where metric = ${field}`
        : `select ${columnOf(field)} from events`
    const codes = [...release(field)]
    await transaction(writer, async () => {
      await writer.run('create or replace temp table held(code integer)')
      await appendTo(writer, 'held', appender =>
        appendColumns(appender, [INTEGER], [numbers(codes)], codes.length)
      )
      await writer.run(
        `delete from dictionary where field = ${field} and code not in (${used} union all select code from held)`
      )
      await writer.run('drop table held')
    })
  }
}
