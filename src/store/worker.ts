import { statSync } from 'node:fs'
import { parentPort, type MessagePort } from 'node:worker_threads'
import type { Delivery } from '../core/delivery.ts'
import { VisorError } from '../core/errors.ts'
import { boundCell } from '../core/rollup.ts'
import { toRows, type CellRows } from '../core/rows.ts'
import { NO_COUNTERS, type Counters } from '../core/source.ts'
import { MINUTE_MS, toMicros, type Millis } from '../core/time.ts'
import { query } from './database.ts'
import { findEvents, findRejected, type LineQuery, type StoredEvent, type StoredRejection } from './lines.ts'
import { Maintenance } from './maintenance.ts'
import { messageOf } from './message.ts'
import { readCells } from './rollups.ts'
import { serve } from './rpc.ts'
import { readExtent, type Extent } from './extent.ts'
import type { SignalRetention } from './retention.ts'
import { countLines, type CountQuery, type LineCount } from './count.ts'
import { runSql, type SqlAnswer, type SqlQuery } from './freeform.ts'
import { findSignatures, type Signature, type SignatureQuery } from './signatures.ts'
import { readSignal, type SignalQuery } from './signals.ts'
import { statsOf, type GroupStats, type StatsQuery } from './stats.ts'
import type { SinkHandlers } from './sink.ts'
import type { RollupQuery, StoredPosition, StoreStats } from './types.ts'
import { Writer, type WriterOptions } from './writer.ts'

/** What crosses to the worker when it opens the store. */
export interface OpenOptions extends Omit<WriterOptions, 'now'> {
  /** How long events and rollups are kept. */
  readonly retention: Millis
}

/** Between two runs of the maintenance. */
const MAINTENANCE = MINUTE_MS

let writer: Writer | undefined
let maintenance: Maintenance | undefined
const sinks = new Set<MessagePort>()

function open(): Writer {
  if (!writer) throw new VisorError('STORE_BROKEN', 'the store is not open')
  return writer
}

let maintenanceFailure: string | undefined
let maintaining: NodeJS.Timeout | undefined

function maintain(maintenance: Maintenance): void {
  maintaining = setTimeout(() => {
    const run = maintenance.run(toMicros(Date.now())).then(
      () => (maintenanceFailure = undefined),
      (error: unknown) => (maintenanceFailure = messageOf(error))
    )
    void run.then(() => {
      if (maintaining) maintain(maintenance)
    })
  }, MAINTENANCE)
}

const handlers = {
  async open(file: string, options: OpenOptions): Promise<void> {
    writer = await Writer.open(file, { ...options, now: Date.now }, commit =>
      parentPort?.postMessage({ commit }, [])
    )
    maintenance = new Maintenance(writer, toMicros(options.retention))
    maintain(maintenance)
  },

  write: (delivery: Delivery): Promise<void> => open().write(delivery),

  port(port: MessagePort): void {
    const sender = open().sender()
    sinks.add(port)
    port.on('close', () => {
      sinks.delete(port)
      sender.done()
    })
    serve(port, { write: delivery => open().write(delivery, sender.mappings) } satisfies SinkHandlers)
  },

  async positions(source: string): Promise<StoredPosition[]> {
    const rows = await query(
      open().database.reader,
      'select stream, name, position, finished, format from positions where source = $1 order by stream',
      [source]
    )
    return rows.map(([id, name, position, finished, format]) => ({
      id: String(id),
      name: String(name),
      position: JSON.parse(String(position)),
      finished: finished === true,
      ...(typeof format === 'string' && { format: JSON.parse(format) })
    }))
  },

  async counters(): Promise<Map<string, Counters>> {
    const rows = await query(
      open().database.reader,
      'select source, read, parsed, rejected, late, bytes from counters'
    )
    return new Map(
      rows.map(([source, read, parsed, rejected, late, bytes]) => [
        String(source),
        {
          ...NO_COUNTERS,
          read: Number(read),
          parsed: Number(parsed),
          rejected: Number(rejected),
          late: Number(late),
          bytes: Number(bytes)
        }
      ])
    )
  },

  async rollup({ limit, ...cells }: RollupQuery): Promise<CellRows[]> {
    const rollup = await readCells(open().database.reader, cells)
    if (limit !== undefined) for (const cell of rollup.values()) boundCell(cell, limit)
    return toRows(rollup)
  },

  events: (sought: LineQuery): Promise<StoredEvent[]> => findEvents(open().database.reader, sought),

  rejected: (limit: number): Promise<StoredRejection[]> => findRejected(open().database.reader, limit),

  count: (sought: CountQuery): Promise<LineCount[]> => countLines(open().database.reader, sought),

  figures: (sought: StatsQuery): Promise<GroupStats[]> => statsOf(open().database.reader, sought),

  signatures: (sought: SignatureQuery): Promise<Signature[]> =>
    findSignatures(open().database.reader, sought),

  signals: (query: SignalQuery): Promise<CellRows[]> => readSignal(open().database.reader, query),

  retainSignals(signals: SignalRetention): void {
    if (maintenance) maintenance.signals = signals
  },

  async sql(sought: SqlQuery): Promise<SqlAnswer> {
    return runSql(await open().database.connect(), sought)
  },

  async extent(sources?: readonly string[]): Promise<Extent | undefined> {
    return readExtent(open().database.reader, sources)
  },

  async stats(): Promise<StoreStats> {
    const { database, last, queue, failure } = open()
    const [row] = await query(
      database.reader,
      'select (select count(*) from events), (select count(*) from rejected)'
    )
    const bytes = [database.file, `${database.file}.wal`]
      .map(file => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size)
    return {
      events: Number(row?.[0]),
      rejected: Number(row?.[1]),
      bytes,
      lastCommit: last,
      queue,
      failure: failure ?? maintenanceFailure
    }
  },

  async close(): Promise<void> {
    clearTimeout(maintaining)
    maintaining = undefined
    await writer?.close()
    writer = undefined
    // The thread ends when no port is left; the answer to this call goes out first.
    setImmediate(() => {
      for (const port of sinks) port.close()
      parentPort?.close()
    })
  }
}

export type StoreHandlers = typeof handlers

if (parentPort) serve(parentPort, handlers)
