import type { DeliverySink, SinkHandle } from '../core/delivery.ts'
import type { Signal } from '../core/signal.ts'
import type { Micros, Millis } from '../core/time.ts'
import type { AddressHiding } from '../privacy/addresses.ts'
import type { Query } from '../query/index.ts'
import type { ForgetRequest, Forgotten } from './forget.ts'
import type { Asking } from './questions/index.ts'
import type { FormatFor } from './questions/question.ts'
import type { Shrunk } from './space.ts'
import type { CommitInfo } from './writer.ts'

export interface StoreOptions {
  readonly formatFor: FormatFor
  /** Who writes from now on, where somebody does. */
  readonly engine?: EngineInfo
  /** Between two commits, while there is something to commit. Default 250. */
  readonly commitInterval?: Millis
  /** Memory that the database may take. Default `512MB`. */
  readonly memory?: string
  /** How long events and rollups are kept. Default 30 days. */
  readonly retention?: Millis
  /** How large the store may be, in bytes: the oldest lines and counts go. As large as it gets when absent. */
  readonly maxSize?: number | undefined
  /** What becomes of the addresses of clients after a time; they are kept as long as lines are when absent. */
  readonly addresses?: { readonly how: AddressHiding; readonly after: Millis } | undefined
}

/** What the store remembers of the engine that writes to it. */
export interface EngineInfo {
  readonly name: string
  /** Whether its deliveries hold the lines themselves; questions that need them have no answer otherwise. */
  readonly keepsLines: boolean
  /** The longest windows that it makes of new lines; 10 seconds when absent. */
  readonly window?: Micros
}

/** How the store itself stands. */
export interface StoreInfo {
  /** Lines that are kept. */
  readonly events: number
  readonly rejected: number
  /** Bytes of the database's files. */
  readonly bytes: number
  readonly lastCommit: CommitInfo
  /** Deliveries that wait for their commit. */
  readonly queue: number
  /** Why commits fail, and why the maintenance does; both are tried again until they succeed. */
  readonly failure: string | undefined
  readonly untidy: string | undefined
}

/**
 * Everything Visor remembers. Made by `openStore`; all methods may be called while lines are written. Besides what stands
 * here it is asked every question of `questions/`, by its name.
 */
export interface Store extends DeliverySink, Asking {
  /** A UUID, which it has for ever. */
  readonly identity: string
  /** For a thread that writes by itself, to be given to `openStoreSink` there. */
  handle(): SinkHandle
  /**
   * Keeps the cells of these signals as long and as fine as their rules look back, for lines that may be so late; those of
   * all others are forgotten.
   */
  retainSignals(signals: readonly Signal<Query>[], lateness: Micros): Promise<void>
  info(): Promise<StoreInfo>
  /** Calls the listener after each commit; the result stops that. */
  onCommit(listener: (commit: CommitInfo) => void): () => void
  /** Ends waiting for commits that fail: who waits for them hears why, and nothing more is taken. To be called before `close`. */
  giveUp(): Promise<void>
  /**
   * Copies the database into a file that is not there yet, as it is at one moment, while it is written on; gives the copy's bytes.
   * @throws VisorError DISK_FULL, FILE_UNWRITABLE
   */
  backup(to: string): Promise<number>
  /**
   * Deletes lines with all that they alone say; counts stay, under no name. With `isTrial` it only says what that would be.
   * @throws VisorError QUERY
   */
  forget(request: ForgetRequest, isTrial: boolean): Promise<Forgotten>
  /** Gives the disk back what is free within the file; commits and questions wait meanwhile. @throws VisorError DISK_FULL */
  shrink(): Promise<Shrunk>
  /** Commits what waits and closes the files. */
  close(): Promise<void>
}
