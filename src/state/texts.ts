import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Millis } from '../core/time.ts'
import type { StateDatabase } from './database.ts'
import type { StateStore } from './types.ts'

/** Tables with texts of logs, as JSON, and what tells that a row is older than its parameter. What is under way is left as it is. */
const TABLES = [
  { table: 'alerts', older: "phase = 'resolved' and coalesce(resolved, since) < ?" },
  { table: 'transitions', older: 'at < ?' },
  { table: 'deliveries', older: 'at < ?' },
  { table: 'outbox', older: 'due is null and created < ?' },
  { table: 'report_runs', older: 'due < ?' }
] as const

/** Changes what old rows say. */
export function textRecords(database: StateDatabase): Pick<StateStore, 'rewriteTexts'> {
  return {
    rewriteTexts: (before, change) =>
      database.transaction(
        () =>
          TABLES.reduce(
            (sum, { table, older }) => sum + rewritten(database, table, older, before, change),
            0
          ) + rewrittenDocuments(database, before, change)
      )
  }
}

type Change = (text: string) => string

function rewritten(
  database: StateDatabase,
  table: string,
  older: string,
  before: Millis,
  change: Change
): number {
  let count = 0
  for (const { row, data } of database.all(`select rowid as row, data from ${table} where ${older}`, [
    before
  ])) {
    const text = changedJson(String(data), change)
    if (text === undefined) continue
    database.run(`update ${table} set data = ? where rowid = ?`, [text, Number(row)])
    count++
  }
  return count
}

/** Reports as they were sent. */
function rewrittenDocuments(database: StateDatabase, before: Millis, change: Change): number {
  const rows = database.all('select seq, document from report_runs where due < ? and document is not null', [
    before
  ])
  let count = 0
  for (const { seq, document } of rows) {
    if (!(document instanceof Uint8Array)) continue
    const text = changedJson(zstdDecompressSync(document).toString(), change)
    if (text === undefined) continue
    database.run('update report_runs set document = ? where seq = ?', [zstdCompressSync(text), Number(seq)])
    count++
  }
  return count
}

/** JSON with its texts changed; `undefined` where none of them is, or where it is damaged. */
function changedJson(json: string, change: Change): string | undefined {
  try {
    const text = JSON.stringify(changed(JSON.parse(json), change))
    return text === JSON.stringify(JSON.parse(json)) ? undefined : text
  } catch {
    return undefined
  }
}

/** Numbers and names stay as they are, and what an alert is found by. */
function changed(value: unknown, change: Change): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map(one => changed(one, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'id' ? inner : changed(inner, change)])
  )
}
