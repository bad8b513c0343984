import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { migrateTables } from './schema.ts'
import { storeError } from './failure.ts'

/** The open database: one connection that writes, one that reads what is committed. */
export interface Database {
  readonly file: string
  readonly writer: DuckDBConnection
  readonly reader: DuckDBConnection
  /** One more connection, for whoever closes it. */
  connect(this: void): Promise<DuckDBConnection>
  close(this: void): void
}

/** A crash leaves at most as much to replay; checkpoints at the default of 16 MB would take a fifth of the time. */
export const CHECKPOINT_THRESHOLD = '64MB'

/** Opens or makes the database, which may take so much memory, as DuckDB writes it (`1GB`). VisorError as `storeError` makes it: STORE_LOCKED when another process has it. */
export async function openDatabase(file: string, memory: string): Promise<Database> {
  try {
    await makeFile(file)
    const instance = await DuckDBInstance.create(file, {
      // For a moment a search may have them all; writing takes one whatever is set.
      threads: String(Math.min(4, availableParallelism())),
      memory_limit: memory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
      // No query relies on the order of rows without asking for it; keeping it would cost memory.
      preserve_insertion_order: 'false',
      checkpoint_threshold: CHECKPOINT_THRESHOLD
    })
    const writer = await instance.connect()
    const reader = await instance.connect()
    await migrateTables(writer, file)
    const close = (): void => {
      writer.closeSync()
      reader.closeSync()
      instance.closeSync()
    }
    return { file, writer, reader, connect: () => instance.connect(), close }
  } catch (error) {
    throw storeError(file, 'opened', error)
  }
}

/** Makes the file where there is none, whole or not at all: what a full disk or a kill leaves of one would be taken for a damaged store. */
async function makeFile(file: string): Promise<void> {
  if (existsSync(file)) return
  const fresh = `${file}.new`
  rmSync(fresh, { force: true })
  const instance = await DuckDBInstance.create(fresh)
  instance.closeSync()
  renameSync(fresh, file)
}
