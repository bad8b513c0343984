import { randomUUID } from 'node:crypto'
import { openSources } from '../sources/index.ts'
import { fileURLToPath } from 'node:url'
import { machineZone } from '../core/zone.ts'
import { forgetIn } from './forget.ts'
import type { Config } from '../config/schema.ts'
import { formatFor } from '../formats/index.ts'
import type { Status, StoreStatus } from '../server/api-types.ts'
import { loginLinks, OnceKeys } from '../server/access/once.ts'
import { tokenKeeper } from '../server/access/tokens.ts'
import { startControl } from '../server/control.ts'
import { storeDashboard } from '../server/history.ts'
import type { EngineStatus, SourceProblem, Progress, SourceState } from '../core/progress.ts'
import { fineClock, SECOND_MS, toMicros, type Clock, type Millis } from '../core/time.ts'
import { archiveOf, ENGINE_SOURCE, engineKindOf, type Engine, type EngineKind } from '../engines/index.ts'
import type { Live } from '../live/live.ts'
import type { NotifierDependencies } from '../notifiers/kind.ts'
import { RunningAlerts } from './alerts.ts'
import { alertsService, explanationOf, alertsStatus } from './alerts-service.ts'
import { AccountWatch } from './accounts.ts'
import { engineHealth, HealthWatch, storeHealth } from './health.ts'
import { liveOf, pastOf, planOf } from './plan.ts'
import { Operations } from './operations.ts'
import { copiesOf } from './copies.ts'
import { protectFiles } from './private.ts'
import { RunningReports } from './reports/reports.ts'
import { Results } from './results.ts'
import { startServer, type RunningServer } from '../server/server.ts'
import { diskOf } from '../system/disk.ts'
import { readingsOf } from '../state/index.ts'
import { answersOf, openStore, withLines, type LineQuestions, type Store } from '../store/index.ts'

/** How often closed windows are looked for. */
const WINDOWS_INTERVAL: Millis = 250

/** How often the store is looked at. */
const STORE_INTERVAL = SECOND_MS

/** How often free space is looked for. */
const DISK_INTERVAL = 10 * SECOND_MS

/** How long a store that fails is waited for when Visor is to end. */
const PATIENCE = 3 * SECOND_MS

/** How often rules are evaluated as time goes by, and after how long for the first time. */
const TICK_INTERVAL: Millis = 500
const STARTUP_DELAY = 2 * SECOND_MS

/** How often it is looked for reports whose time has come. */
const REPORTS_INTERVAL: Millis = 500

/** How often it is looked what was read of what there is. */
const ACCOUNT_INTERVAL = 10 * SECOND_MS

interface AppOptions {
  /** Without a store nothing is kept: no history, no page, no position to go on from. */
  readonly store: boolean
  /** Each closed window's results are appended to this file, one line of JSON each. */
  readonly output?: string
  readonly clock: Clock
  /** The time that alert rules live in, where that is another one: made-up traffic may go faster than the clock. */
  readonly alertClock?: Clock
  /** How often rules are evaluated as time goes by; twice a second when absent. */
  readonly tick?: Millis
  /** Where receivers print that do. */
  readonly stdout: NotifierDependencies['stdout']
  /** Why what is printed cannot be, for people. */
  readonly prints?: () => readonly string[]
  /** The kinds of engines that there are; all when absent. */
  readonly engines?: readonly EngineKind[]
}

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
  /** Ends reading, commits what was read, frees port and store. */
  stop(): Promise<void>
}

/** Starts Visor as configured. This folder is the only place that knows all parts. */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const opened = new Opened()
  const every = repeater(opened, fail)
  try {
    const parts = await openParts(config, options, every, opened)
    const { live, alerts, reports, status, results } = parts
    const address = await show(config, parts, opened)
    await alerts.start(config.page.url ?? address)
    reports?.start(config.page.url ?? address)
    const engine = await startEngine(config, parts, fail)
    watchHealth(config, parts, every)
    const { operations } = parts
    operations.isStarted = true
    const stop = async (): Promise<void> => {
      operations.isStopping = true
      await stopEngine(engine, parts)
      await results?.append(live.closed(true))
      await opened.close()
    }
    return { address, status, alerts, failed, ended: engine.ended, stop }
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

/** What a running Visor is made of, but for its engine. */
type Parts = Awaited<ReturnType<typeof openParts>>

async function openParts(config: Config, options: AppOptions, every: Every, opened: Opened) {
  const { clock, output, alertClock = fineClock(clock, () => performance.now()), stdout, prints } = options
  const operations = new Operations(clock)
  const { telemetry } = operations
  const kind = engineKindOf(config.engine, options.engines)
  const keepsLines = kind.keeps(config.engine).lines
  const store = options.store ? await storeOf(config, kind) : undefined
  opened.add(() => store?.close())
  store?.onCommit(({ took }) => telemetry.committed(took))
  const lines = store && archiveOf(kind, config.engine, store)
  opened.add(() => lines?.close())
  const past = await pastOf(config, store)
  const live = liveOf(config, past, clock)
  const stored = await watchStore(store, every, clock)
  const alerts = await RunningAlerts.open(config, store, {
    clock: alertClock,
    stdout,
    delay: kind.delay(config.engine),
    keepsLines,
    delivered: (record, notification) => telemetry.delivered(record, notification)
  })
  opened.add(() => alerts.close())
  const results = output === undefined ? undefined : new Results(output)
  opened.add(() => results?.close())
  if (results) every(WINDOWS_INTERVAL, () => results.append(live.closed()))
  const reports =
    store && reportsOf(config, { store, lines, alerts, status: () => live.status(stored()), kind, clock })
  opened.add(() => reports?.close())
  if (reports) every(REPORTS_INTERVAL, () => reports.tick())
  const account = watchAccounts(config, store, clock, every)
  const status = (): Status => ({
    ...accounted(live.status(stored()), account),
    problems: [
      ...openSources(config.sources),
      untidyText(stored()),
      alerts.stateProblem,
      results?.problem,
      ...(prints?.() ?? [])
    ].filter(problem => problem !== undefined),
    alerts: alertsStatus(alerts),
    ...(reports && { reports: reports.status() })
  })
  const plan = planOf(config, past, output, alerts.alerting.signals)
  return {
    kind,
    store,
    stored,
    lines,
    alerts,
    reports,
    live,
    account,
    plan,
    status,
    clock,
    results,
    operations,
    tick: options.tick ?? TICK_INTERVAL
  }
}

/** The reports of a configuration that has some. */
function reportsOf(
  config: Config,
  { store, lines, alerts, status, kind, clock }: ReportParts
): RunningReports | undefined {
  if (Object.keys(config.reports).length === 0) return undefined
  return new RunningReports(config, {
    store,
    lines,
    state: alerts.state,
    status,
    delay: kind.delay(config.engine),
    clock,
    wake: () => alerts.wake()
  })
}

interface ReportParts {
  readonly store: Store
  readonly lines: LineQuestions | undefined
  readonly alerts: RunningAlerts
  readonly status: () => Status
  readonly kind: EngineKind
  readonly clock: Clock
}

/** The store, for what an engine of a kind delivers. */
function storeOf(config: Config, kind: EngineKind): Promise<Store> {
  const { store: kept, engine, window, privacy } = config
  protectFiles(config)
  return openStore(kept.path, {
    ...kept,
    formatFor,
    addresses: privacy.addresses && { how: privacy.addresses, after: privacy.after },
    engine: { name: kind.name, keepsLines: kind.keeps(engine).lines, window: toMicros(window) }
  })
}

/** Opens what others ask: the daemon's socket and the page; gives the page's address. */
async function show(
  config: Config,
  { store, lines, alerts, reports, live, account, status, clock, operations }: Parts,
  opened: Opened
): Promise<string | undefined> {
  if (!store) return undefined
  const { path } = config.store
  const [service, once] = [alertsService(alerts, path), new OnceKeys(clock)]
  let served: RunningServer | undefined
  const control = await startControl(path, answersOf(withLines(store, lines)), {
    explain: rule => explanationOf(alerts, rule),
    backup: copiesOf(path, store),
    shrink: () => store.shrink(),
    forget: (what, isTrial) => forgetIn(path, { store, state: alerts.state }, what, isTrial),
    tokens: tokenKeeper(alerts.state, clock),
    read: readingsOf(alerts.state),
    alerts: service,
    record: (caller, act) => alerts.acts.record(caller, act),
    sources: () => account!.all(),
    testReceiver: name => alerts.test(name),
    login: name => loginLinks(once, name, served?.address, config.page.url),
    ...(reports && { report: (schedule, send) => reports.now(schedule, send) })
  })
  opened.add(() => control.close())
  if (!config.page.enabled) return undefined
  const dashboard = {
    status,
    subscribe: subscriber(live, alerts),
    ...storeDashboard(store, Object.keys(config.sources), clock, lines, config.zone ?? machineZone()),
    sources: () => account!.all(),
    alerts: service,
    acts: alerts.acts,
    subscriptions: alerts.subscriptions.server,
    probes: operations.service(status, alerts),
    ...(reports && { reports: reports.service() })
  }
  const access = { mode: config.page.access, records: alerts.state, once, clock, ...config.page }
  served = await startServer({ ...config.page, access, dashboard, page: PAGE })
  opened.add(() => served?.close())
  return served.address
}

/** Calls a listener when any of these changes. */
function subscriber(...parts: readonly Pick<Live, 'subscribe'>[]): Live['subscribe'] {
  return listener => {
    const ends = parts.map(part => part.subscribe(listener))
    return () => ends.forEach(end => end())
  }
}

/** Lets time go by for alerts, and shows them how Visor itself does. */
function watchHealth(
  config: Config,
  { store, stored, alerts, live, account, clock, tick, operations }: Parts,
  every: Every
): void {
  const began = performance.now()
  const watch = new HealthWatch()
  const look = (): void => void (operations.disk = diskOf(config.store.path))
  if (store) {
    look()
    every(DISK_INTERVAL, look)
  }
  every(tick, () => {
    const now = clock()
    const sources = watch.look(live.sources(now), now, name => account?.health(name) ?? {})
    const engine = engineHealth(live.engineAt(now), now)
    // What was written while Visor was stopped is read first: a source is not silent before.
    if (performance.now() - began >= STARTUP_DELAY)
      alerts.tick({
        sources,
        ...(engine && { engine }),
        ...storeHealth(config.store.path, stored(), operations.disk, now)
      })
  })
}

const PAGE = fileURLToPath(new URL('../../dist/page', import.meta.url))

/** What is to be closed, the last first. */
class Opened {
  readonly #closing: (() => void | Promise<void>)[] = []

  add(close: () => void | Promise<void> | undefined): void {
    this.#closing.push(async () => close())
  }

  async close(): Promise<void> {
    for (let close = this.#closing.pop(); close; close = this.#closing.pop()) await close()
  }
}

type Every = (interval: Millis, work: () => void | Promise<void>) => void

/** Has work done again and again until what is opened is closed; when some fails, Visor cannot go on. */
function repeater(opened: Opened, fail: (error: unknown) => void): Every {
  return (interval, work) => {
    const once = async (): Promise<void> => work()
    const timer = setInterval(() => void once().catch(fail), interval)
    opened.add(() => clearInterval(timer))
  }
}

/** Keeps an eye on what was read of what there is; `undefined` without a store, where nothing is remembered of it. */
function watchAccounts(
  { sources }: Config,
  store: Store | undefined,
  clock: Clock,
  every: Every
): AccountWatch | undefined {
  if (!store) return undefined
  const watch = new AccountWatch(sources, () => store.streams(), clock)
  every(ACCOUNT_INTERVAL, () => watch.look())
  void watch.look()
  return watch
}

function accounted(status: Status, account: AccountWatch | undefined): Status {
  if (!account) return status
  const sources = status.sources.map(source => {
    const all = account.of(source.name)
    return all ? { ...source, account: all } : source
  })
  return { ...status, sources }
}

function untidyText({ untidy }: StoreStatus): string | undefined {
  return untidy && `the store cannot be tidied up, which is tried again: ${untidy}`
}

/** Keeps an eye on the store; gives what is known of it. */
async function watchStore(store: Store | undefined, every: Every, clock: Clock): Promise<() => StoreStatus> {
  let stored: StoreStatus = { rows: 0, bytes: 0 }
  if (!store) return () => stored
  const look = async (): Promise<void> => {
    const { events: rows, bytes, queue, lastCommit, failure, untidy } = await store.info()
    const committed = lastCommit.number > 0 && { lastCommit: lastCommit.time }
    const failing = failure !== undefined && { failure, failingSince: stored.failingSince ?? clock() }
    stored = { rows, bytes, queue, ...committed, ...failing, ...(untidy !== undefined && { untidy }) }
  }
  await look()
  every(STORE_INTERVAL, look)
  return () => stored
}
