import type { Format } from '../core/format.ts'
import type { DeliverySink, SinkHandle } from '../core/delivery.ts'
import type { Kind } from '../core/fields.ts'
import type { CellRows } from '../core/rows.ts'
import type { Micros, Millis } from '../core/time.ts'
import type { Counters, KnownStream } from '../core/source.ts'
import type { LineQuery, StoredRejection } from './lines.ts'
import type { StoredLine } from './print.ts'
import type { CellQuery } from './rollups.ts'
import type { CountQuery, LineCount } from './count.ts'
import type { SqlAnswer, SqlQuery } from './freeform.ts'
import type { Signature, SignatureQuery } from './signatures.ts'
import type { SignalQuery } from './signals.ts'
import type { GroupStats, StatsQuery } from './stats.ts'
import type { Extent } from './extent.ts'
import type { CommitInfo } from './writer.ts'
import type { Signal } from '../core/signal.ts'
import type { Query } from '../query/index.ts'

export interface StoreOptions {
  /** Gives the format of a directive string, which prints stored lines back. */
  readonly formatFor: (text: string, kind: Kind) => Format
  /** Between two commits, while there is something to commit. Default 250. */
  readonly commitInterval?: Millis
  /** Memory that the database may take. Default `512MB`. */
  readonly memory?: string
  /** How long events and rollups are kept. Default 30 days. */
  readonly retention?: Millis
}

export interface RollupQuery extends CellQuery {
  /** Keys kept in each cell, the largest first; the rest goes into `other`. */
  readonly limit?: number
}

export interface StoredPosition extends KnownStream {
  readonly finished: boolean
}

export interface StoreStats {
  readonly events: number
  readonly rejected: number
  /** Bytes of the database's files. */
  readonly bytes: number
  readonly lastCommit: CommitInfo
  /** Deliveries that wait for their commit. */
  readonly queue: number
  /** What the database says while commits or the upkeep fail; both are tried again until they succeed. */
  readonly failure: string | undefined
}

/** Everything Visor remembers. Made by `openStore`; all methods may be called while lines are written. */
export interface Store extends DeliverySink {
  /** For a thread that writes by itself, to be given to `openSink` there. */
  handle(): SinkHandle
  /** Where reading goes on, for each stream of a source that was ever read. */
  positions(source: string): Promise<StoredPosition[]>
  /** Lines of each source since the store was made. */
  counters(): Promise<Map<string, Counters>>
  /** Merged cells; see `CellQuery`. */
  rollup(query: RollupQuery): Promise<CellRows[]>
  /** The newest lines that pass a filter, newest first, exactly as they were read. */
  lines(query: LineQuery): Promise<StoredLine[]>
  /** The rejected lines stored last, newest first. */
  rejected(limit: number): Promise<StoredRejection[]>
  /** Counts the lines that pass a filter, by step of time. */
  count(query: CountQuery): Promise<LineCount[]>
  /** One figure for each group of the lines that pass a filter. */
  figures(query: StatsQuery): Promise<GroupStats[]>
  /** The messages of error logs, those alike together. */
  signatures(query: SignatureQuery): Promise<Signature[]>
  /** What was counted for a signal of an alert rule: its cells. */
  signals(query: SignalQuery): Promise<CellRows[]>
  /**
   * Keeps the cells of these signals as long and as fine as their rules look back, for lines that may be so late; those of
   * all others are forgotten.
   */
  retainSignals(signals: readonly Signal<Query>[], lateness: Micros): Promise<void>
  /** One SELECT over the view `log`. */
  sql(query: SqlQuery): Promise<SqlAnswer>
  /** `undefined` while there are no lines. */
  extent(sources?: readonly string[]): Promise<Extent | undefined>
  stats(): Promise<StoreStats>
  /** Calls the listener after each commit; the result stops that. */
  onCommit(listener: (commit: CommitInfo) => void): () => void
  /** Commits what waits and closes the files. */
  close(): Promise<void>
}
