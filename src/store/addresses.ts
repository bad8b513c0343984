import type { DuckDBConnection } from '@duckdb/node-api'
import { isHidden } from '../core/hidden.ts'
import { ALL_TIME } from '../core/rollup.ts'
import { addToSketch, createSketch } from '../core/sketch.ts'
import type { Micros } from '../core/time.ts'
import { METRICS } from '../metrics/index.ts'
import { appendSketches, type SketchRow } from './cells.ts'
import { columnOf, OTHER_KEY } from './schema.ts'
import { blobBytes, select, transaction, whole } from './sql.ts'
import { appendRows } from './vectors.ts'
import type { Writer } from './writer.ts'

/** Makes a text without the addresses in it. */
export type Hide = (text: string) => string

/** Fields of lines that hold addresses of clients, and texts in which they may stand. */
const FIELDS =
  /^(?:line|client|peer|forwarded|message|details|request|(?:header|var)\.(?:\S*(?:forwarded|client|real|remote|connecting)\S*))(?:_\d+)?$/i

/** Metrics whose keys hold addresses: of a client, or of one and something else. */
const METRIC_NAMES = new Set(
  METRICS.filter(
    ({ key, derive, pair }) => !pair?.hashed && ((key === 'client' && !derive) || pair?.field === 'client')
  ).map(({ name }) => name)
)

/**
 * Hides the addresses of clients in all that is older than a moment: lines, counts, cells of signals, rejected lines. Counts
 * stay as they are, and so does how many clients there were: cells remember in a sketch those that they name no more.
 * Gives whether there were any.
 */
export async function hideAddresses(writer: Writer, before: Micros, hide: Hide): Promise<boolean> {
  const fields = await writer.exclusively(({ writer: connection }) =>
    select(connection, 'select id, type, name from fields')
  )
  let changed = 0
  // Each takes its turn between two commits, and is whole by itself.
  for (const [id, type, name] of fields) {
    const field = Number(id)
    const work = { writer, before, hide, field }
    if (type === 'text' && FIELDS.test(String(name))) changed += await hideInEvents(work)
    else if (type === 'signal' || (type === 'metric' && METRIC_NAMES.has(String(name))))
      changed += await hideInCells(work)
  }
  changed += await writer.exclusively(({ writer: connection }) => hideInRejected(connection, before, hide))
  return changed > 0
}

interface Hiding {
  readonly writer: Writer
  readonly before: Micros
  readonly hide: Hide
  readonly field: number
}

function hideInEvents({ writer, before, hide, field }: Hiding): Promise<number> {
  const column = columnOf(field)
  const old = `time < make_timestamp(${whole(before)}) and ${column} <> 0`
  return writer.exclusively(({ writer: connection }) =>
    transaction(connection, async () => {
      const rows = await select(
        connection,
        `select code, coalesce(nullif(raw, ''::blob), encode(value)) from dictionary
         where field = ${field} and code in (select distinct ${column} from events where ${old})`
      )
      const texts = rows.map(([code, raw]) => ({ code: Number(code), text: latin1(blobBytes(raw)) }))
      const found = texts.filter(({ text }) => hide(text) !== text)
      if (found.length === 0) return 0
      const codes = await writer.codesOf(
        connection,
        field,
        found.map(({ text }) => Buffer.from(hide(text), 'latin1'))
      )
      await mapped(connection, found, codes)
      await connection.run(
        `update events set ${column} = m.new from hiding m where ${column} = m.old and time < make_timestamp(${whole(before)})`
      )
      await connection.run('drop table hiding')
      return found.length
    }).catch((error: unknown) => {
      writer.forgetCodes(field)
      throw error
    })
  )
}

function hideInCells({ writer, before, hide, field }: Hiding): Promise<number> {
  const old = `metric = ${field} and start < ${whole(before)} and start <> ${ALL_TIME} and key <> ${OTHER_KEY}`
  return writer.exclusively(({ writer: connection }) =>
    transaction(connection, async () => {
      const rows = await select(
        connection,
        `select code, value from dictionary where field = ${field} and code in (select distinct key from rollups where ${old})`
      )
      const texts = rows.map(([code, value]) => ({ code: Number(code), text: String(value) }))
      const found = texts.filter(({ text }) => hide(text) !== text)
      if (found.length === 0) return 0
      const codes = await writer.keysOf(
        connection,
        field,
        found.map(({ text }) => hide(text))
      )
      await mapped(connection, found, codes)
      await appendSketches(connection, await sketchesOf(connection, old, found), 0)
      await connection.run(
        `update rollups set key = m.new from hiding m where key = m.old and metric = ${field} and start < ${whole(before)} and start <> ${ALL_TIME}`
      )
      await connection.run('drop table hiding')
      return found.length
    }).catch((error: unknown) => {
      writer.forgetCodes(field)
      throw error
    })
  )
}

/** A temporary table `hiding` of codes and those that take their place. */
async function mapped(
  connection: DuckDBConnection,
  found: readonly { readonly code: number }[],
  codes: readonly number[]
): Promise<void> {
  await connection.run('create or replace temp table hiding(old integer, new integer)')
  await appendRows(connection, 'hiding', [found.map(({ code }) => code), codes])
}

/** The keys that cells are to name no more, as sketches of these cells. */
async function sketchesOf(
  connection: DuckDBConnection,
  old: string,
  found: readonly { readonly code: number; readonly text: string }[]
): Promise<SketchRow[]> {
  const texts = new Map(found.map(({ code, text }) => [code, text]))
  const sketches = new Map<string, SketchRow>()
  for (const [start, source, metric, key] of await select(
    connection,
    `select distinct start::double, source, metric, key from rollups join hiding on old = key where ${old}`
  )) {
    const id = `${Number(start)} ${Number(source)}`
    const row = sketches.get(id) ?? {
      start: Number(start),
      source: Number(source),
      metric: Number(metric),
      sketch: createSketch()
    }
    sketches.set(id, row)
    const text = texts.get(Number(key)) ?? ''
    if (!isHidden(text)) addToSketch(row.sketch, text)
  }
  return [...sketches.values()]
}

/** Hides what rejected lines hold. */
async function hideInRejected(connection: DuckDBConnection, before: Micros, hide: Hide): Promise<number> {
  const rows = await select(
    connection,
    `select number, line from rejected where time < make_timestamp(${whole(before)})`
  )
  const found = rows.flatMap(([number, line]) => {
    const text = latin1(blobBytes(line))
    const hidden = hide(text)
    return hidden === text ? [] : [{ number: Number(number), line: Buffer.from(hidden, 'latin1') }]
  })
  if (found.length === 0) return 0
  await transaction(connection, async () => {
    await connection.run('create or replace temp table hiding(number bigint, line blob)')
    await appendRows(connection, 'hiding', [found.map(({ number }) => number), found.map(({ line }) => line)])
    await connection.run('update rejected set line = m.line from hiding m where rejected.number = m.number')
    await connection.run('drop table hiding')
  })
  return found.length
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
