import { renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { formatBytes } from '../core/units.ts'
import { diskOf } from '../system/disk.ts'
import { VisorError } from '../core/errors.ts'
import { copied } from './salvage.ts'
import { select } from './sql.ts'

/** Bytes of a store's file, and how many of them hold something. */
export interface StoreSpace {
  readonly bytes: number
  readonly used: number
}

/** Bytes of the store's file before and after it was rewritten. */
export interface Shrunk {
  readonly before: number
  readonly after: number
}

/** Of what free space within a file is worth rewriting it: so many bytes, and as much again as is used. */
const WORTH = 32e6

/** What a rewritten file may need beyond what is used. */
const MARGIN = 1.25

/** The space that a store takes. Space that rows have left counts as free from the next checkpoint on. */
export async function spaceOf(connection: DuckDBConnection, file: string): Promise<StoreSpace> {
  const [row] = await select(
    connection,
    'select (used_blocks * block_size)::double from pragma_database_size()'
  )
  return { bytes: bytesOf(file), used: Number(row?.[0]) }
}

/** Whether so much of a file is free that it should be rewritten. */
export function isSlack({ bytes, used }: StoreSpace): boolean {
  return bytes - used > Math.max(WORTH, used)
}

/** What a file has, with its log of changes. */
export function bytesOf(file: string): number {
  return [file, `${file}.wal`]
    .map(path => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size)
}

/**
 * Rewrites a store that nobody has open, without what is free in it: only so does the disk get that back. A process that ends meanwhile
 * leaves the file as it was. @throws VisorError DISK_FULL where there is no room for the new file, STORE_DAMAGED
 */
export async function rewrite(file: string, used: number): Promise<void> {
  const folder = dirname(file)
  const disk = diskOf(folder)
  if (disk && disk.free < used * MARGIN)
    throw new VisorError(
      'DISK_FULL',
      `the store ${file} cannot be rewritten: that takes ${formatBytes(used * MARGIN)}, and the disk of ${folder} (mount point ${disk.mount}) has ${formatBytes(disk.free)} free`
    )
  const made = `${file}.new`
  const remove = (): void => ['', '.wal'].forEach(end => rmSync(made + end, { force: true }))
  remove()
  try {
    const lost = (await copied(file, made)).filter(({ lost }) => lost > 0)
    if (lost.length > 0)
      throw new VisorError('STORE_DAMAGED', `the store ${file} is damaged: not all of it can be read`)
    renameSync(made, file)
  } finally {
    remove()
  }
}
