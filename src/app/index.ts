import { randomUUID } from 'node:crypto'
import type { Config } from '../config/schema.ts'
import { recorded } from '../core/act.ts'
import type { Caller } from '../core/caller.ts'
import type { EngineStatus, Progress, SourceProblem, SourceState } from '../core/progress.ts'
import { SECOND_MS } from '../core/time.ts'
import { ENGINE_SOURCE, type Engine } from '../engines/index.ts'
import type { Status } from '../server/api-types.ts'
import type { RunningAlerts } from './alerts.ts'
import { Lifetime, repeater } from './lifetime.ts'
import { openParts, STORE_INTERVAL, type AppOptions, type Parts } from './parts.ts'
import { Reloader, type Reloaded } from './reload.ts'
import { openAccess } from './show.ts'
import { watchHealth } from './tick.ts'

/** How long a store that fails is waited for when Visor is to end. */
const PATIENCE = 3 * SECOND_MS

export interface App {
  /** Where the page is; `undefined` without one. */
  readonly address: string | undefined
  /** How things stand now. */
  status(): Status
  readonly alerts: RunningAlerts
  /** Rejects when Visor cannot go on; never resolves before `stop`. */
  readonly failed: Promise<never>
  /** Resolves when nothing is left to read: never while files are followed. */
  readonly ended: Promise<void>
  /**
   * Takes the configuration anew, all of it or nothing. Lines go on being read, each once, and alerts as they are. The audit log
   * says that `from` had it done.
   * @throws VisorError where it is refused: the one before goes on
   */
  reload(from: string): Promise<Reloaded>
  /** Ends reading, commits what was read, frees port and store. */
  stop(): Promise<void>
}

/** Starts Visor as configured. This folder is the only place that knows all parts. */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const opened = new Lifetime()
  const every = repeater(opened, fail)
  try {
    const parts = await openParts(config, options, every, opened)
    const { live, alerts, status, results, operations, current } = parts
    const reloader = new Reloader(parts, options.reload ?? (() => config))
    const reload = async (): Promise<Reloaded> => {
      const reloaded = await reloader.reload()
      options.reloaded?.(reloaded.changed)
      return reloaded
    }
    await openAccess(parts, reload, opened)
    const page = config.page.url ?? current.page?.address
    await alerts.start(page)
    current.reports?.start(page)
    const engine = await startEngine(config, parts, fail)
    reloader.start(engine)
    watchHealth(parts, every)
    operations.isStarted = true
    const stop = async (): Promise<void> => {
      operations.stop()
      await reloader.close()
      await stopEngine(engine, parts)
      await results?.append(live.closed(true))
      await opened.close()
    }
    return {
      get address() {
        return current.page?.address
      },
      status,
      alerts,
      failed,
      ended: engine.ended,
      reload: async from => {
        const caller: Caller = { name: 'system', role: 'admin', from, by: 'system' }
        return recorded(
          (by, act) => alerts.acts.record(by, act),
          caller,
          { what: 'reload configuration' },
          reload
        )
      },
      stop
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Starts the configured engine: what it reads goes to alerts and to those who look at the present at once. */
async function startEngine(
  { engine }: Config,
  { kind, plan, store, live, alerts, clock }: Parts,
  failed: (error: Error) => void
): Promise<Engine> {
  const events = {
    progress: (step: Progress) => {
      if (step.signals) alerts.take(step.signals)
      live.apply(step)
    },
    state: (state: SourceState) => live.state(state),
    problem: (problem: SourceProblem) => live.problem(problem),
    engine: (status: EngineStatus) => live.engine(status),
    failed
  }
  return kind.start(engine, plan, store, events, {
    clock,
    identity: store?.identity ?? randomUUID(),
    known: (await store?.positions({ source: ENGINE_SOURCE })) ?? []
  })
}

/** Ends reading once all is committed; a store that cannot be written is not waited for any longer than `PATIENCE`. */
async function stopEngine(engine: Engine, { store, stored }: Parts): Promise<void> {
  const began = performance.now()
  const looking = setInterval(() => {
    const isFailing = stored().failure !== undefined && performance.now() - began >= PATIENCE
    if (isFailing) void store?.giveUp()
  }, STORE_INTERVAL)
  await engine.stop().finally(() => clearInterval(looking))
}
