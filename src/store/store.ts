import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { SinkHandle } from '../core/delivery.ts'
import { VisorError } from '../core/errors.ts'
import { DAY_MS } from '../core/time.ts'
import { makeFolder } from '../system/folders.ts'
import { askingBy } from './questions/index.ts'
import { createClient } from './rpc.ts'
import { send } from './sink.ts'
import type { Store, StoreOptions } from './types.ts'
import type { StoreHandlers } from './worker.ts'
import type { CommitInfo } from './writer.ts'
import { firstLineOf } from './sql.ts'

/** A commit with as many rows starts at once. */
const COMMIT_ROWS = 100_000

/** Most of what the thread allocates lives for one commit: a small space for new objects saves tens of megabytes. */
const YOUNG = 12

/** The database of the store in a folder. */
export function storePath(folder: string): string {
  return join(folder, 'visor.duckdb')
}

/** Folders open in this process: the database's own lock keeps out other processes only. */
const open = new Set<string>()

/**
 * Opens the store in a folder, made when it is not there, in a thread of its own. Main thread only.
 * VisorError STORE_LOCKED when it is open already, here or in another process; FILE_UNWRITABLE when there can be no such folder,
 * STORE_BROKEN when the database cannot be opened.
 */
export async function openStore(folder: string, options: StoreOptions): Promise<Store> {
  const path = claim(folder)
  const { worker, client, exited } = startThread(path)
  let identity: string
  try {
    identity = await client.call('open', [
      storePath(path),
      {
        commitInterval: options.commitInterval ?? 250,
        commitRows: COMMIT_ROWS,
        engine: options.engine,
        memory: options.memory ?? '512MB',
        retention: options.retention ?? 30 * DAY_MS,
        maxSize: options.maxSize,
        addresses: options.addresses
      }
    ])
  } catch (error) {
    await worker.terminate()
    await exited
    throw error
  }

  const listeners = new Set<(commit: CommitInfo) => void>()
  worker.on('message', (message: { commit?: CommitInfo }) => {
    if (message.commit) for (const listener of listeners) listener(message.commit)
  })
  const handle = (): SinkHandle => {
    const { port1, port2 } = new MessageChannel()
    // Where the store is closed already, the sender hears it from the port.
    client.call('port', [port2], [port2]).catch(() => port1.close())
    return port1
  }
  return {
    identity,
    write: delivery => send(client, delivery),
    handle,
    ...askingBy((name, parameters) => client.call('read', [name, parameters]), options.formatFor),
    retainSignals: (signals, lateness) => client.call('retainSignals', [{ signals, lateness }]),
    info: () => client.call('info', []),
    onCommit: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    backup: to => client.call('backup', [to]),
    forget: (request, isTrial) => client.call('forget', [request, isTrial]),
    shrink: () => client.call('shrink', []),
    giveUp: () => client.call('giveUp', []),
    close: async () => {
      await client.call('close', [])
      await exited
    }
  }
}

/** Starts the thread of a store; when it ends, however that comes, who waits for it hears of it. */
function startThread(path: string) {
  const worker = new Worker(
    new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url),
    { resourceLimits: { maxYoungGenerationSizeMb: YOUNG } }
  )
  const client = createClient<StoreHandlers>(worker)
  const exited = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  worker.on('error', error =>
    client.fail(new VisorError('STORE_BROKEN', firstLineOf(error), { cause: error }))
  )
  void exited.then(() => {
    client.fail(new VisorError('STORE_BROKEN', 'the store was closed'))
    open.delete(path)
  })
  return { worker, client, exited }
}

/** Makes the folder and marks it as open. */
function claim(folder: string): string {
  makeFolder(folder)
  const path = realpathSync(folder)
  if (open.has(path))
    throw new VisorError('STORE_LOCKED', `the store ${path} is already open in this process`)
  open.add(path)
  return path
}
