import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { availableParallelism } from 'node:os'
import { VisorError } from '../core/errors.ts'
import { migrate } from './schema.ts'
import { storeError } from './failure.ts'
import { firstLineOf } from './sql.ts'

/** The open database: one connection that writes, one that reads what is committed. */
export interface Database {
  readonly file: string
  readonly writer: DuckDBConnection
  readonly reader: DuckDBConnection
  /** One more connection, for whoever closes it. */
  connect(this: void): Promise<DuckDBConnection>
  close(this: void): void
}

/** Opens or makes the database, which may take so much memory, as DuckDB writes it (`1GB`). VisorError STORE_LOCKED when another process has it, otherwise as `storeError` says. */
export async function openDatabase(file: string, memory: string): Promise<Database> {
  try {
    const instance = await DuckDBInstance.create(file, {
      // For a moment a search may have them all; writing takes one whatever is set.
      threads: String(Math.min(4, availableParallelism())),
      memory_limit: memory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
      // No query relies on the order of rows without asking for it; keeping it would cost memory.
      preserve_insertion_order: 'false',
      // A crash leaves at most as much to replay; checkpoints at the default of 16 MB would take a fifth of the time.
      checkpoint_threshold: '64MB'
    })
    const writer = await instance.connect()
    const reader = await instance.connect()
    await migrate(writer, file)
    const close = (): void => {
      writer.closeSync()
      reader.closeSync()
      instance.closeSync()
    }
    return { file, writer, reader, connect: () => instance.connect(), close }
  } catch (error) {
    throw openingError(file, error)
  }
}

function openingError(file: string, cause: unknown): VisorError {
  const text = firstLineOf(cause)
  if (/could not set lock|conflicting lock/i.test(text)) {
    const pid = /\(PID (\d+)\)/.exec(text)?.[1]
    const holder = pid ? `process ${pid}` : 'another process'
    return new VisorError('STORE_LOCKED', `the store ${file} is open in ${holder}`, { cause })
  }
  return storeError(file, 'opened', cause)
}
