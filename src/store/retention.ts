import { ALL_TIME } from '../core/rollup.ts'
import { signalMetric, type Signal } from '../core/signal.ts'
import { DAY, HOUR, type Micros } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { extentsOf } from './extents.ts'
import { columnOf } from './schema.ts'
import { appendRows } from './vectors.ts'
import type { Query } from '../query/index.ts'
import type { Database } from './database.ts'
import { select, transaction, whole } from './sql.ts'

/** Rejected lines that are kept, the newest: so many of them, and so many bytes. */
const REJECTED = { lines: 100_000, bytes: 256e6 }

/**
 * Deletes events and rollups that lie more than `retention` before the newest time of their source, and rejected lines
 * and readings of that long before `now`; positions and counters stay. An old log that is looked at today is kept as long as a live
 * one; a time ahead of the clock counts as of now. Gives whether any events or rollups went.
 */
export async function forgetOld({ writer }: Database, retention: Micros, now: Micros): Promise<boolean> {
  const extents = await extentsOf(writer)
  const deletions = Array.from(extents).flatMap(([source, { last }]) => {
    const before = whole(Math.min(last, now) - retention)
    const old = `source = ${source} and start < ${before} and start <> ${ALL_TIME}`
    return [
      `delete from events where source = ${source} and time < make_timestamp(${before})`,
      `delete from rollups where ${old}`,
      `delete from sketches where ${old}`,
      `delete from outdated where source = ${source} and start < ${before} - ${DAY}`
    ]
  })
  return transaction(writer, async () => {
    let deleted = 0
    for (const sql of deletions) deleted += (await writer.run(sql)).rowsChanged
    await writer.run(`delete from rejected where time < make_timestamp(${whole(now - retention)})`)
    await writer.run(`delete from readings where start < ${whole(now - retention)}`)
    return deleted > 0
  })
}

/**
 * Deletes the oldest share (0 to 1) of lines, or of counts where no lines are kept, with all else of that time: of all sources what lies before
 * one moment. Gives whether anything went.
 */
export async function forgetShare({ writer }: Database, share: number): Promise<boolean> {
  const [row] = await select(
    writer,
    `select coalesce((select epoch_us(quantile_cont(time, ${share})) from events),
       (select quantile_cont(start, ${share}) from rollups where start <> ${ALL_TIME}))::double`
  )
  if (row?.[0] === null || row?.[0] === undefined) return false
  const before = whole(Number(row[0]))
  return transaction(writer, async () => {
    let deleted = 0
    for (const sql of [
      `delete from events where time < make_timestamp(${before})`,
      `delete from rollups where start < ${before} and start <> ${ALL_TIME}`,
      `delete from sketches where start < ${before} and start <> ${ALL_TIME}`,
      `delete from outdated where start < ${before} - ${DAY}`,
      `delete from readings where start < ${before}`,
      `delete from rejected where number <= (select quantile_cont(number, ${share}) from rejected)`
    ])
      deleted += (await writer.run(sql)).rowsChanged
    return deleted > 0
  })
}

/** The signals that rules have, whose cells are kept, and how late lines may be that rules evaluate. */
export interface SignalRetention {
  readonly signals: readonly Signal<Query>[]
  readonly lateness: Micros
}

/**
 * Deletes the cells of signals that lie further back than any rule looks, and those of all other signals. Gives whether
 * any went.
 */
export async function forgetSignals(
  { writer }: Database,
  { signals, lateness }: SignalRetention,
  now: Micros
): Promise<boolean> {
  const since = new Map(
    signals.map(signal => [signalMetric(signal), windowOf(now - lateness - signal.back, HOUR)])
  )
  let deleted = 0
  for (const [id, name] of await select(writer, "select id, name from fields where type = 'signal'")) {
    const before = since.get(String(name)) ?? Number.MAX_SAFE_INTEGER
    const old = `metric = ${Number(id)} and start < ${whole(before)}`
    deleted += (await writer.run(`delete from rollups where ${old}`)).rowsChanged
    await writer.run(`delete from sketches where ${old}`)
  }
  return deleted > 0
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
  const fields = await select(writer, "select id, type from fields where type <> 'number'")
  for (const [id, type] of fields) {
    const field = Number(id)
    const used =
      type === 'metric' || type === 'signal'
        ? `select key from rollups where metric = ${field}`
        : `select ${columnOf(field)} from events`
    const codes = [...release(field)]
    await transaction(writer, async () => {
      await writer.run('create or replace temp table held(code integer)')
      await appendRows(writer, 'held', [codes])
      await writer.run(
        `delete from dictionary where field = ${field} and code not in (${used} union all select code from held)`
      )
      await writer.run('drop table held')
    })
  }
}
