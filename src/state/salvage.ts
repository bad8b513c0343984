import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { VisorError } from '../core/errors.ts'
import { formatCount } from '../core/units.ts'
import type { Millis } from '../core/time.ts'
import { timedName } from '../system/aside.ts'
import { writeReason } from '../system/disk.ts'
import { fileMode } from '../system/private.ts'
import { StateDatabase } from './database.ts'

/** What was saved of a damaged state. */
export interface SavedState {
  /** The file as it was. */
  readonly aside: string
  /** Rows that could be read, by table; those of which there were none are left out. */
  readonly tables: readonly { readonly table: string; readonly read: number }[]
}

/** Why a state cannot be used as it is; `undefined` where it is in order, or not there. @throws VisorError STATE, NEWER_FILE */
export function stateDamage(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  // SQLite would begin a new one in it.
  if (sizeOf(path) + sizeOf(`${path}-wal`) === 0) return `the state of alerts in ${path} is empty`
  try {
    const database = new StateDatabase(path)
    try {
      const [row] = database.all('pragma quick_check(1)')
      const found = String(Object.values(row ?? {})[0])
      return found === 'ok' ? undefined : found
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof VisorError && error.code === 'STATE_DAMAGED') return error.message
    throw error
  }
}

/** Puts a damaged state that nobody has open aside, and what can be read of it in its place. @throws VisorError STATE, DISK_FULL */
export function salvageState(path: string, now: Millis): SavedState {
  const made = `${path}.new`
  const remove = (): void => ENDS.forEach(end => rmSync(made + end, { force: true }))
  remove()
  const target = new StateDatabase(made)
  try {
    const names = target
      .all("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
      .map(({ name }) => String(name))
    const tables = readable(path, names).map(({ table, rows }) => ({
      table,
      read: added(target, table, rows)
    }))
    target.close()
    const aside = timedName(path, 'damaged', now)
    for (const end of ENDS) if (existsSync(path + end)) renameSync(path + end, aside + end)
    renameSync(made, path)
    return { aside, tables: tables.filter(({ read }) => read > 0) }
  } finally {
    remove()
  }
}

/** What was saved, for people. */
export function savedText({ aside, tables }: SavedState): string {
  const saved = tables.map(({ table, read }) => `${formatCount(read)} of ${table}`).join(', ')
  return `the file is kept as ${aside}; ${saved === '' ? 'nothing of it could be read, so a new one begins' : `rows that were saved: ${saved}`}`
}

/** Copies a state as it is at one moment, also while others write. @throws VisorError STATE */
export async function copyState(path: string, to: string): Promise<void> {
  try {
    const source = new DatabaseSync(path, { readOnly: true })
    await backup(source, to)
    source.close()
    chmodSync(to, fileMode())
  } catch (cause) {
    throw new VisorError(
      'STATE',
      `the state ${path} cannot be copied to ${to}: ${writeReason(cause, dirname(to))}`,
      { cause }
    )
  }
}

const ENDS = ['-wal', '-shm', '']

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

type StateRow = Record<string, SQLOutputValue>

/** Adds rows, but those that cannot be right; gives how many there were. */
function added(target: StateDatabase, table: string, rows: readonly StateRow[]): number {
  return target.transaction(() => {
    let read = 0
    for (const row of rows)
      try {
        target.insert(table, row, 'or ignore')
        read++
      } catch (error) {
        if (error instanceof VisorError && error.code === 'DISK_FULL') throw error
      }
    return read
  })
}

/** Reads the rows of tables as far as they can be, from both ends. */
function readable(path: string, tables: readonly string[]): { table: string; rows: StateRow[] }[] {
  const found = tables.map((table): { table: string; rows: StateRow[] } => ({ table, rows: [] }))
  const source = new DatabaseSync(path)
  for (const { table, rows } of found)
    for (const order of ['asc', 'desc'])
      try {
        for (const row of source.prepare(`select * from "${table}" order by 1 ${order}`).iterate())
          rows.push(row)
        break
      } catch {
        // What comes after is tried from the other end.
      }
  source.close()
  return found
}
