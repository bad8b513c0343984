import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { SQLInputValue } from 'node:sqlite'
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

/** Tables with such texts whose rows are of no time. */
const TIMELESS = ['items', 'acts', 'silences', 'acknowledgements']

type Change = (text: string) => string

/** What becomes of the JSON of a row. */
type Rewriting = (value: unknown) => unknown

type Texts = Pick<StateStore, 'rewriteTexts' | 'eraseTexts' | 'mentioned'>

/** Changes what rows say. */
export function textRecords(database: StateDatabase): Texts {
  const all = (change: Change, isMeant: boolean): number => {
    const erasing = (value: unknown): unknown =>
      changed(
        withoutEvidence(value, text => change(text) !== text),
        change
      )
    return [...TABLES.map(({ table }) => table), ...TIMELESS].reduce(
      (sum, table) => sum + rewritten(database, { table, where: 'true', values: [] }, erasing, isMeant),
      rewrittenDocuments(database, { where: 'true', values: [] }, erasing, isMeant)
    )
  }
  return {
    rewriteTexts: (before, change) =>
      database.transaction(() =>
        TABLES.reduce(
          (sum, { table, older }) =>
            sum +
            rewritten(
              database,
              { table, where: older, values: [before] },
              value => changed(value, change),
              true
            ),
          rewrittenDocuments(
            database,
            { where: 'due < ?', values: [before] },
            value => changed(value, change),
            true
          )
        )
      ),
    mentioned: change => all(change, false),
    eraseTexts: change => {
      const count = database.transaction(() => all(change, true))
      // What is no longer told is still in free pages, and in the log.
      database.run('vacuum')
      database.all('pragma wal_checkpoint(truncate)')
      return count
    }
  }
}

/** Rows of a table. */
interface Rows {
  readonly table: string
  readonly where: string
  readonly values: readonly SQLInputValue[]
}

/** Gives how many rows are changed, or would be. */
function rewritten(
  database: StateDatabase,
  { table, where, values }: Rows,
  rewriting: Rewriting,
  isMeant: boolean
): number {
  let count = 0
  for (const { row, data } of database.all(
    `select rowid as row, data from ${table} where ${where}`,
    values
  )) {
    const text = changedJson(String(data), rewriting)
    if (text === undefined) continue
    if (isMeant) database.run(`update ${table} set data = ? where rowid = ?`, [text, Number(row)])
    count++
  }
  return count
}

/** The same of reports as they were sent. */
function rewrittenDocuments(
  database: StateDatabase,
  { where, values }: Omit<Rows, 'table'>,
  rewriting: Rewriting,
  isMeant: boolean
): number {
  const documents = `select seq, document from report_runs where document is not null and ${where}`
  let count = 0
  for (const { seq, document } of database.all(documents, values)) {
    if (!(document instanceof Uint8Array)) continue
    const text = changedJson(unpacked(document), rewriting)
    if (text === undefined) continue
    if (isMeant)
      database.run('update report_runs set document = ? where seq = ?', [zstdCompressSync(text), Number(seq)])
    count++
  }
  return count
}

/** No JSON where it is damaged. */
function unpacked(document: Uint8Array): string {
  try {
    return zstdDecompressSync(document).toString()
  } catch {
    return ''
  }
}

/** JSON with its texts changed; `undefined` where none of them is, or where it is damaged. */
function changedJson(json: string, rewriting: Rewriting): string | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const text = JSON.stringify(rewriting(value))
    return text === JSON.stringify(value) ? undefined : text
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

/** What goes as a whole where a part of it goes: a line that is evidence, and all evidence on somebody. */
function withoutEvidence(value: unknown, isMeant: (text: string) => boolean): unknown {
  if (Array.isArray(value))
    return value
      .filter(one => !(isLine(one) && isMeant(one.text)))
      .map((one: unknown) => withoutEvidence(one, isMeant))
  if (typeof value !== 'object' || value === null) return value
  const isOfOne = 'evidence' in value && 'key' in value && isMeant(String(value.key))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'evidence' && isOfOne ? { lines: [], shares: [], errors: [] } : withoutEvidence(inner, isMeant)
    ])
  )
}

function isLine(value: unknown): value is { readonly text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'signal' in value &&
    'text' in value &&
    typeof value.text === 'string'
  )
}
