import { appendFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.ts'
import { systemCode, VisorError } from '../core/errors.ts'
import { startEmbedded } from '../engines/embedded/engine.ts'
import { formatFor } from '../formats/index.ts'
import { windowRecord } from '../live/output.ts'
import type { ClosedWindow } from '../live/windows.ts'
import type { Status, StoreStatus } from '../server/contract.ts'
import { answersOf } from '../server/ask.ts'
import { startControl, type Control } from '../server/control.ts'
import { storeDashboard } from '../server/history.ts'
import { liveOf, pastOf, planOf, threadsFor } from './plan.ts'
import { startServer, type RunningServer } from '../server/server.ts'
import { openStore, type Store } from '../store/index.ts'

/** Keys of each metric that each closed window's record shows. */
const RECORD_KEYS = 20

/** How often closed windows are looked for, in milliseconds. */
const WINDOWS_EVERY = 250

/** How often the store is looked at, in milliseconds. */
const LOOK_EVERY = 1000

const DAY = 86_400_000

export interface AppOptions {
  /** Without a store nothing is kept: no history, no page, no position to go on from. */
  readonly store: boolean
  /** Each closed window's results are appended to this file, one line of JSON each. */
  readonly output?: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

export interface App {
  /** Where the page is; `undefined` without one. */
  readonly address: string | undefined
  /** How things stand now. */
  status(): Status
  /** Rejects when Visor cannot go on; never resolves before `stop`. */
  readonly failed: Promise<never>
  /** Resolves when nothing is left to read: never while files are followed. */
  readonly ended: Promise<void>
  /** Ends reading, commits what was read, frees port and store. */
  stop(): Promise<void>
}

/** Starts Visor as configured. This folder is the only place that knows all parts. */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { clock, output } = options
  const store = options.store
    ? await openStore(config.store.path, { formatFor, retention: config.store.retention / DAY })
    : undefined
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const timers = new Timers(fail)
  let server: RunningServer | undefined
  let control: Control | undefined
  const close = async (): Promise<void> => {
    await server?.close()
    await control?.close()
    await store?.close()
  }
  try {
    const past = await pastOf(config, store)
    const live = liveOf(config, past, clock)
    const stored = await watchStore(store, timers)
    const status = (): Status => live.status(stored())
    if (store) control = await startControl(config.store.path, answersOf(store))
    if (config.page.enabled && store) {
      const dashboard = {
        status,
        subscribe: live.subscribe.bind(live),
        ...storeDashboard(store, Object.keys(config.sources), clock)
      }
      server = await startServer({ ...config.page, dashboard, page: PAGE })
    }
    if (output !== undefined) timers.every(WINDOWS_EVERY, () => writeWindows(live.closed(), output))
    const engine = startEmbedded(planOf(config, past, output), threadsFor(config), () => store?.port(), {
      progress: progress => live.apply(progress),
      state: state => live.state(state),
      problem: problem => live.problem(problem),
      failed: fail
    })
    const stop = async (): Promise<void> => {
      timers.stop()
      await engine.stop()
      if (output !== undefined) writeWindows(live.closed(true), output)
      await close()
    }
    return { address: server?.address, status, failed, ended: engine.ended, stop }
  } catch (error) {
    timers.stop()
    await close()
    throw error
  }
}

const PAGE = fileURLToPath(new URL('../../dist/page', import.meta.url))

/** Work that is done again and again until all of it is stopped; when some fails, Visor cannot go on. */
class Timers {
  readonly #fail: (error: unknown) => void
  readonly #timers: NodeJS.Timeout[] = []

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail
  }

  every(ms: number, work: () => void | Promise<void>): void {
    const once = async (): Promise<void> => work()
    this.#timers.push(setInterval(() => void once().catch(this.#fail), ms))
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}

/** Keeps an eye on the store; gives what it knows of it at any moment. */
async function watchStore(store: Store | undefined, timers: Timers): Promise<() => StoreStatus> {
  let stored: StoreStatus = { rows: 0, bytes: 0 }
  if (!store) return () => stored
  const look = async (): Promise<void> => {
    const { events: rows, bytes, lastCommit, failure } = await store.stats()
    const committed = lastCommit.number > 0 && { lastCommit: lastCommit.time }
    stored = { rows, bytes, ...committed, ...(failure !== undefined && { failure }) }
  }
  await look()
  timers.every(LOOK_EVERY, look)
  return () => stored
}

function writeWindows(windows: readonly ClosedWindow[], output: string): void {
  if (windows.length === 0) return
  const records = windows.map(window => `${JSON.stringify(windowRecord(window, RECORD_KEYS))}\n`)
  try {
    appendFileSync(output, records.join(''))
  } catch (cause) {
    throw new VisorError(
      'FILE_UNWRITABLE',
      `cannot append to ${output}: ${systemCode(cause) ?? String(cause)}`,
      { cause }
    )
  }
}
