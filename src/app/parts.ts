import type { Config } from '../config/schema.ts'
import { fineClock, SECOND_MS, toMicros, type Clock, type Millis } from '../core/time.ts'
import { archiveOf, engineKindOf, type EngineKind } from '../engines/index.ts'
import { formatFor } from '../formats/index.ts'
import type { Live } from '../live/live.ts'
import { openSources } from '../sources/index.ts'
import type { NotifierDependencies } from '../notifiers/kind.ts'
import type { Status, StoreStatus } from '../server/api-types.ts'
import { OnceKeys } from '../server/access/once.ts'
import type { RunningServer } from '../server/server.ts'
import { openStore, type LineQuestions, type Store } from '../store/index.ts'
import { AccountWatch } from './accounts.ts'
import { RunningAlerts } from './alerts.ts'
import { alertsStatus } from './alerts-service.ts'
import type { Every, Lifetime } from './lifetime.ts'
import { Operations } from './operations.ts'
import { liveOf, pastOf, planOf } from './plan.ts'
import { protectFiles } from './private.ts'
import { RunningReports } from './reports/reports.ts'
import { Results } from './results.ts'

/** How often closed windows are looked for. */
const WINDOWS_INTERVAL: Millis = 250

/** How often the store is looked at. */
export const STORE_INTERVAL = SECOND_MS

/** How often rules are evaluated as time goes by. */
const TICK_INTERVAL: Millis = 500

/** How often it is looked for reports whose time has come. */
const REPORTS_INTERVAL: Millis = 500

/** How often it is looked what was read of what there is. */
const ACCOUNT_INTERVAL = 10 * SECOND_MS

export interface AppOptions {
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
  /** Reads the configuration again, for `reload`. @throws VisorError where there is a mistake in it */
  readonly reload?: () => Config
  /** Called when it was taken, with what has changed. */
  readonly reloaded?: (changed: readonly string[]) => void
  /** The kinds of engines that there are; all when absent. */
  readonly engines?: readonly EngineKind[]
}

/** What another configuration takes the place of. */
export interface Current {
  config: Config
  /** Absent where the configuration has none. */
  reports: RunningReports | undefined
  page: RunningServer | undefined
  /** Keys that sign somebody in once. */
  readonly once: OnceKeys
}

/** What a running Visor is made of, but for its engine. */
export type Parts = Awaited<ReturnType<typeof openParts>>

export async function openParts(config: Config, options: AppOptions, every: Every, opened: Lifetime) {
  const { clock, output, alertClock = fineClock(clock, () => performance.now()), stdout, prints } = options
  const operations = new Operations(clock)
  const kind = engineKindOf(config.engine, options.engines)
  const store = options.store ? await storeOf(config, kind) : undefined
  let alerts: RunningAlerts | undefined
  // What is being sent takes its time, and so does the store's last checkpoint.
  opened.add(async () => {
    await Promise.all([alerts?.close(operations.grace), store?.close()])
  })
  store?.onCommit(({ took }) => operations.telemetry.committed(took))
  const lines = store && archiveOf(kind, config.engine, store)
  opened.add(() => lines?.close())
  const past = await pastOf(config, store)
  const live = liveOf(config, past, clock)
  const stored = await watchStore(store, every, clock)
  alerts = await RunningAlerts.open(config, store, {
    clock: alertClock,
    stdout,
    delay: kind.delay(config.engine),
    keepsLines: kind.keeps(config.engine).lines,
    delivered: (record, notification) => operations.telemetry.delivered(record, notification)
  })
  const results = watchResults(output, live, every, opened)
  const reportsFor = (config: Config): RunningReports | undefined =>
    store && reportsOf(config, { store, lines, alerts, status: () => live.status(stored()), kind, clock })
  const current: Current = { config, reports: reportsFor(config), page: undefined, once: new OnceKeys(clock) }
  opened.add(() => current.reports?.close())
  every(REPORTS_INTERVAL, () => current.reports?.tick())
  const account = watchAccounts(config, store, clock, every)
  const hindering = { current, operations, alerts, results }
  const status = (): Status => ({
    ...accounted(live.status(stored()), account),
    problems: problemsOf(hindering, untidyText(stored()), prints?.()),
    alerts: alertsStatus(alerts),
    ...(current.reports && { reports: current.reports.status() })
  })
  return {
    kind,
    store,
    stored,
    lines,
    alerts,
    current,
    reportsFor,
    live,
    account,
    plan: planOf(config, past, output, alerts.alerting.signals),
    output,
    status,
    clock,
    results,
    operations,
    tick: options.tick ?? TICK_INTERVAL
  }
}

/** Appends the results of closed windows to a file, where that is wished. */
/** What hinders, for people. */
function problemsOf(
  parts: {
    readonly current: Current
    readonly operations: Operations
    readonly alerts: RunningAlerts
    readonly results: Results | undefined
  },
  untidy: string | undefined,
  prints: readonly string[] = []
): string[] {
  const { current, operations, alerts, results } = parts
  return [
    operations.configurationProblem,
    ...openSources(current.config.sources),
    untidy,
    alerts.stateProblem,
    results?.problem,
    ...prints
  ].filter(problem => problem !== undefined)
}

function watchResults(
  output: string | undefined,
  live: Live,
  every: Every,
  opened: Lifetime
): Results | undefined {
  if (output === undefined) return undefined
  const results = new Results(output)
  opened.add(() => results.close())
  every(WINDOWS_INTERVAL, () => results.append(live.closed()))
  return results
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
