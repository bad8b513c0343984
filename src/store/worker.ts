import { parentPort, type MessagePort } from 'node:worker_threads'
import type { Delivery } from '../core/delivery.ts'
import { VisorError } from '../core/errors.ts'
import { MINUTE_MS, SECOND, toMicros, type Millis } from '../core/time.ts'
import { derive } from './derived.ts'
import { whyFailed, storeError } from './failure.ts'
import { backup } from './backup.ts'
import { forgetLines, type Forgotten, type ForgetRequest } from './forget.ts'
import { Maintenance } from './maintenance.ts'
import type { LineFilter } from './questions/filter.ts'
import { QUESTIONS, readQuestion } from './questions/list.ts'
import type { Question, StoreReader } from './questions/question.ts'
import type { SignalRetention } from './retention.ts'
import { serve } from './rpc.ts'
import type { SinkHandlers } from './sink.ts'
import { select, whole } from './sql.ts'
import { bytesOf, type Shrunk } from './space.ts'
import type { EngineInfo, StoreInfo, StoreOptions } from './types.ts'
import { Writer, type WriterOptions } from './writer.ts'

/** What crosses to the worker when it opens the store. */
interface OpenOptions extends Omit<WriterOptions, 'now'> {
  /** How long events and rollups are kept. */
  readonly retention: Millis
  /** How large the store may be, in bytes. */
  readonly maxSize: number | undefined
  /** How long addresses of clients are kept; as long as lines are when absent. */
  readonly addresses: StoreOptions['addresses']
  /** Who writes from now on; as it was when absent. */
  readonly engine: EngineInfo | undefined
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

function maintain(writer: Writer, maintenance: Maintenance): void {
  maintaining = setTimeout(() => {
    const run = maintenance.run(toMicros(Date.now())).then(
      () => (maintenanceFailure = undefined),
      (error: unknown) => {
        maintenanceFailure = whyFailed(writer.database.file, error).why
        return writer.mend()
      }
    )
    void run.then(() => {
      if (maintaining) maintain(writer, maintenance)
    })
  }, MAINTENANCE)
}

/** What the store holds, when that was last counted. */
let known: Pick<StoreInfo, 'events' | 'rejected'> | undefined

async function counted(writer: Writer): Promise<NonNullable<typeof known>> {
  try {
    const { reader } = await writer.opened()
    const sql = 'select (select count(*) from events), (select count(*) from rejected)'
    const [row] = await select(reader, sql)
    known = { events: Number(row?.[0]), rejected: Number(row?.[1]) }
  } catch (error) {
    // How the store stands is asked for most of all while it is in trouble.
    if (!known) throw storeError(writer.database.file, 'read', error)
  }
  return known
}

/** Notes who writes from now on, and begins the maintenance; gives the store's identity. */
async function begin(
  writer: Writer,
  { engine, retention, maxSize, addresses }: OpenOptions
): Promise<string> {
  if (engine)
    await writer.exclusively(({ writer }) =>
      writer.run(
        `update state set engine = $1, lines = ${engine.keepsLines},
           widest = greatest(widest, ${whole(engine.window ?? 10 * SECOND)})`,
        [engine.name]
      )
    )
  maintenance = new Maintenance(
    writer,
    toMicros(retention),
    maxSize,
    addresses && { how: addresses.how, after: toMicros(addresses.after) }
  )
  await maintenance.begin()
  maintain(writer, maintenance)
  const [row] = await select(writer.database.reader, 'select identity from state')
  return String(row?.[0])
}

const handlers = {
  /** Gives the store's identity. */
  async open(file: string, options: OpenOptions): Promise<string> {
    try {
      writer = await Writer.open(file, { ...options, now: Date.now }, commit =>
        parentPort?.postMessage({ commit }, [])
      )
      return await begin(writer, options)
    } catch (error) {
      throw storeError(file, 'opened', error)
    }
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

  async read(name: string, parameters: LineFilter): Promise<unknown> {
    const question = Object.entries<Question>(QUESTIONS).find(([known]) => known === name)?.[1]
    if (!question) throw new VisorError('INTERNAL', `the store has no question ${name}`)
    return open().reading(({ file, reader: connection, connect }) => {
      const reader: StoreReader = {
        connection,
        connect,
        derive: (names, fields) => derive(connection, names, fields),
        now: toMicros(Date.now())
      }
      return readQuestion(question, reader, parameters).catch((error: unknown) => {
        throw storeError(file, 'read', error)
      })
    })
  },

  /** Copies the store as it is at one moment, while it is written; gives the bytes of the copy. */
  backup: (to: string): Promise<number> => backup(open(), to),

  shrink: (): Promise<Shrunk> => open().shrink(),

  forget: (request: ForgetRequest, isTrial: boolean): Promise<Forgotten> =>
    forgetLines(open(), request, isTrial),

  retainSignals(signals: SignalRetention): void {
    if (maintenance) maintenance.signals = signals
  },

  async info(): Promise<StoreInfo> {
    const writer = open()
    const { database, last, queue, failure } = writer
    return {
      ...(await counted(writer)),
      bytes: bytesOf(database.file),
      lastCommit: last,
      queue,
      failure,
      untidy: maintenanceFailure
    }
  },

  giveUp(): void {
    open().giveUp()
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
