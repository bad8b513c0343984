import { hostname } from 'node:os'
import { Alerting } from '../alerts/alerting.ts'
import type { Health } from '../alerts/health.ts'
import type { DeliveryRecord, Notification } from '../alerts/model.ts'
import { rulesOf } from '../alerts/options.ts'
import type { Rule } from '../alerts/rules/index.ts'
import type { Config } from '../config/schema.ts'
import { VisorError } from '../core/errors.ts'
import type { SignalDelta } from '../core/signal.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS, toMicros, type Clock, type Millis } from '../core/time.ts'
import type { NotifierDependencies } from '../notifiers/kind.ts'
import { signedLinks, type Links } from '../server/alerts/links.ts'
import { Dispatcher, openOwnState, openState, type Changes, type StateStore } from '../state/index.ts'
import { addressHider, type HideAddresses } from '../privacy/addresses.ts'
import type { Store } from '../store/index.ts'
import { Acts } from './acts.ts'
import { backfill, readSignals } from './backfill.ts'
import { testNotifier, unknownReceiver, type ReceiverTest } from './receiver-test.ts'
import { Receivers, type NewReceivers } from './receivers.ts'
import { StateGuard, whyNot } from './state-guard.ts'
import { subscriptionsOf } from './subscriptions.ts'

/** How long newer values of alerts may wait to be written. */
const MAX_UNSAVED: Millis = SECOND_MS

/** How often it is noted that Visor runs: as finely is known, after a crash, how long it did not. */
const WATCHING: Millis = 10 * SECOND_MS

/** How often history is looked through for what is too old. */
const TIDY: Millis = HOUR_MS

interface AlertsOptions {
  /** The time that rules live in. */
  readonly clock: Clock
  readonly stdout: NotifierDependencies['stdout']
  /** For how long lines may be on their way to us. */
  readonly delay: Millis
  /** Whether the store has the lines, of which what a new rule looks back to can be counted. */
  readonly keepsLines: boolean
  /** Called for each try to deliver a notification, once it is noted. */
  readonly delivered?: (record: DeliveryRecord, notification: Notification) => void
}

/** Other rules and receivers, made ready. */
interface AlertsChange {
  /** What engines are to count for them. */
  readonly signals: Alerting['signals']
  /** Reads of the store what rules look back to that is not remembered; to be called while nothing is read and all is committed. */
  readonly read: () => Promise<void>
  /** Goes on with them. @throws VisorError STATE where that cannot be kept at the moment */
  readonly begin: () => void
  readonly discard: () => Promise<void>
}

/** Alerts at work: lines are evaluated, what comes of it is kept, and people are notified. */
export class RunningAlerts {
  rules: readonly Rule[]
  alerting: Alerting
  readonly state: StateStore
  readonly acts: Acts
  readonly links: Links
  subscriptions: ReturnType<typeof subscriptionsOf>
  readonly clock: Clock
  #config: Config
  readonly #hide: HideAddresses | undefined
  readonly #store: Store | undefined
  readonly #options: AlertsOptions
  readonly #receivers = new Receivers()
  readonly #dispatcher: Dispatcher
  /** Whether the receivers are open. */
  #started = false
  /** Steps that are not written yet, and when it was last tried, by `performance.now()`. */
  readonly #unsaved: Changes[] = []
  #saved = -Infinity
  #why: string | undefined
  readonly #guard: StateGuard
  /** Of the state when it was looked at last: -1 before, since others may have written while nobody looked. */
  #version = -1
  #tidied: number
  /** When this run began to evaluate, and when that it goes on was last noted. */
  #began: Millis | undefined
  #watched = -Infinity
  /** Grows with each step that changed something. */
  #revision = 0
  /** When each rule fired last; looked up when it is first asked for. */
  readonly #fired = new Map<string, Millis | undefined>()
  readonly #listeners = new Set<() => void>()

  private constructor(config: Config, store: Store | undefined, state: StateStore, options: AlertsOptions) {
    const { clock } = options
    this.#config = config
    const { addresses } = config.privacy
    this.#hide = addresses && addressHider(addresses, clock)
    this.#store = store
    this.#options = options
    this.state = state
    this.clock = clock
    this.#guard = new StateGuard(state, store && config.store.path, clock)
    this.rules = rulesOf(config.alerts)
    this.alerting = this.#alertingOf(config)
    this.links = signedLinks(state.secret('links'), clock)
    this.acts = new Acts(state, clock)
    this.subscriptions = this.#subscriptionsOf(config)
    this.#tidied = clock()
    this.#dispatcher = new Dispatcher({
      state,
      notifiers: this.#receivers.open,
      clock,
      random: Math.random,
      sent: (record, notification) => {
        options.delivered?.(record, notification)
        this.#changed()
      }
    })
  }

  /** Opens the state beside the store and backfills the memory of rules from the store; nothing is sent yet. */
  static async open(
    config: Config,
    store: Store | undefined,
    options: AlertsOptions
  ): Promise<RunningAlerts> {
    const { state, damage } = store
      ? openOwnState(config.store.path, options.clock())
      : { state: openState(undefined) }
    try {
      whyNot(() => state.reserve())
      const alerts = new RunningAlerts(config, store, state, options)
      alerts.#guard.damage = damage
      if (!options.keepsLines) alerts.alerting.countFrom(options.clock())
      if (store)
        alerts.save(await backfill(alerts.alerting, store, options.clock(), config.alerts.maxLateness))
      return alerts
    } catch (error) {
      state.close()
      throw error
    }
  }

  /** Opens the receivers and sends what waits. `page` is where the page is. */
  async start(page: string | undefined): Promise<void> {
    const receivers = await this.#prepared(this.#config, page)
    receivers.begin(Promise.resolve())
    this.#started = true
    this.#dispatcher.wake()
  }

  /**
   * Makes ready what another configuration has of rules and receivers. `page` is where the page is.
   * @throws VisorError NOTIFIER where a receiver can never work
   */
  async prepare(config: Config, page: string | undefined): Promise<AlertsChange> {
    const { signals } = this.#alertingOf(config)
    const receivers = await this.#prepared(config, page)
    const older: SignalDelta[] = []
    let recent: SignalDelta | undefined
    return {
      signals,
      discard: () => receivers.discard(),
      read: async () => {
        const missing = this.alerting.missing(signals)
        const { maxLateness } = config.alerts
        if (!this.#store || missing.length === 0) return
        const times = { now: this.clock(), maxLateness }
        recent = await readSignals(missing, this.#store, times, delta => older.push(delta))
      },
      begin: () => {
        this.#begin(config)
        for (const delta of older) this.alerting.backfill(delta)
        if (recent) this.save(this.alerting.take(recent, this.clock()))
        this.#store?.retainSignals(signals, toMicros(config.alerts.maxLateness)).catch(() => {})
        receivers.begin(this.#dispatcher.settled())
        this.#dispatcher.wake()
        this.#changed()
      }
    }
  }

  /** Goes on with other rules from where all stands. @throws VisorError STATE where that cannot be kept at the moment */
  #begin(config: Config): void {
    this.#flush()
    if (this.#why !== undefined) throw new VisorError('STATE', this.#why)
    const alerting = this.#alertingOf(config, this.alerting)
    if (!this.#options.keepsLines) alerting.countFrom(this.clock())
    this.#config = config
    this.rules = rulesOf(config.alerts)
    this.alerting = alerting
    this.subscriptions = this.#subscriptionsOf(config)
    this.#fired.clear()
  }

  #subscriptionsOf({ page: { url } }: Config): ReturnType<typeof subscriptionsOf> {
    return subscriptionsOf(this.state, this.clock, url, (caller, act) => this.acts.record(caller, act))
  }

  #alertingOf(config: Config, before?: Alerting): Alerting {
    return new Alerting({
      rules: rulesOf(config.alerts),
      receivers: Object.entries(config.receivers).map(([name, receiver]) => ({ ...receiver, name })),
      maxLateness: config.alerts.maxLateness,
      delay: this.#options.delay,
      saved: this.state.load(),
      sources: new Set(Object.keys(config.sources)),
      ...(before && { before })
    })
  }

  /** Opens the receivers of a configuration that are not open already. */
  #prepared(config: Config, page: string | undefined): Promise<NewReceivers> {
    const {
      receivers,
      store,
      page: { url }
    } = config
    const subscriptions = this.#subscriptionsOf(config).notifiers
    // Where nothing is kept, what would be is shown.
    const all = Object.entries(receivers).map(([name, settings]) => [
      name,
      this.#store || settings.type !== 'mailbox' ? settings : { type: 'console' }
    ])
    return this.#receivers.prepare(Object.fromEntries(all), JSON.stringify([page, url]), name => ({
      name,
      clock: this.clock,
      folder: store.path,
      host: hostname(),
      latencies: () => this.#dispatcher.latencies(name),
      stdout: this.#options.stdout,
      subscriptions,
      ...(page !== undefined && { page, links: notification => this.links.of(notification, page) })
    }))
  }

  /** A step of reading has counted this. */
  take(delta: SignalDelta): void {
    this.save(this.alerting.take(delta, this.clock()))
  }

  /** Time goes by; to be called a few times a second. */
  tick(health: Omit<Health, 'outbox' | 'state'>): void {
    const now = this.clock()
    this.#listen(now)
    const state = this.stateProblem
    this.save(
      this.alerting.tick(now, { ...health, outbox: this.outbox(), ...(state !== undefined && { state }) })
    )
    this.#began ??= now
    if (now - this.#watched >= WATCHING) this.#watching(now)
    this.#why = this.#guard.check() ?? this.#why
    if (now - this.#tidied < TIDY) return
    this.#tidied = now
    this.#guard.try(() => {
      this.state.forget(now - this.#config.store.retention)
      if (this.#hide) this.state.rewriteTexts(now - this.#config.privacy.after, this.#hide)
      this.state.reserve()
    })
  }

  /** Sends a test notification to a receiver. @throws VisorError USAGE where there is none */
  async test(name: string): Promise<ReceiverTest> {
    const notifier = this.#receivers.open.get(name)
    if (!notifier) throw unknownReceiver(name, Array.from(this.#receivers.open.keys()))
    const { target, ...result } = await testNotifier(name, notifier, AbortSignal.timeout(MINUTE_MS))
    return { ...result, target: `${this.#config.receivers[name]?.type}, ${target}` }
  }

  /** Calls `listener` after each change; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get revision(): number {
    return this.#revision
  }

  /** When a rule fired last as far as is remembered. */
  lastFired(rule: string): Millis | undefined {
    if (!this.#fired.has(rule)) {
      const fired = this.state.alerts({ rule, limit: 20 }).find(alert => alert.fired !== undefined)?.fired
      this.#fired.set(rule, fired)
    }
    return this.#fired.get(rule)
  }

  /** What is wrong with the memory of alerts and reports, for people. */
  get stateProblem(): string | undefined {
    return this.#why ?? this.#guard.damage
  }

  /** What waits to be sent, for how long the oldest has, and what hinders it. */
  outbox(): Health['outbox'] {
    const health = this.#dispatcher.health()
    return this.#why === undefined ? health : { ...health, why: this.#why }
  }

  /**
   * Makes durable what a step changed, and sends what came of it; where that is no more than newer values of alerts, within a
   * second. While that fails, it is tried again.
   */
  save(changes: Changes): void {
    if (Object.values(changes).some(part => part.length > 0)) {
      this.#unsaved.push(changes)
      for (const { what, rule, at } of changes.transitions) if (what === 'fired') this.#fired.set(rule, at)
      this.#changed()
    }
    const matters = changes.transitions.length + changes.notifications.length > 0
    if (matters || performance.now() - this.#saved >= MAX_UNSAVED) this.#flush()
  }

  /** Sends what has come into the outbox by another way than `save`: reports. */
  wake(): void {
    if (this.#started) this.#dispatcher.wake()
  }

  #flush(): void {
    const changes = joined(this.#unsaved)
    this.#saved = performance.now()
    this.#why = this.#guard.try(() => this.state.commit(changes))
    if (this.#why !== undefined) return
    this.#unsaved.length = 0
    if (changes.notifications.length > 0 && this.#started) this.#dispatcher.wake()
  }

  /** Notes that Visor runs. */
  #watching(now: Millis): void {
    const since = this.#began ?? now
    this.#watched = now
    this.#guard.try(() => this.state.watching(since, now))
  }

  /** `grace`: how long to wait for what is being sent; what is not sent by then waits in the outbox for the next start. */
  async close(grace?: Millis): Promise<void> {
    this.#flush()
    if (this.#began !== undefined) this.#watching(this.clock())
    await this.#dispatcher.close(grace)
    await this.#receivers.close()
    this.acts.close()
    this.state.close()
  }

  #changed(): void {
    this.#revision++
    for (const listener of this.#listeners) listener()
  }

  /** Takes in what other processes have written: silences, acknowledgements. */
  #listen(now: Millis): void {
    const steps: Changes[] = []
    whyNot(() => {
      const version = this.state.version()
      if (version === this.#version) return
      // Requests are gone with the next commit: it is to be the one that holds what came of them.
      this.#flush()
      if (this.#unsaved.length > 0) return
      const [silences, requests] = [this.state.silences(), this.state.takeAcknowledgements()]
      this.#version = version
      steps.push(this.alerting.silences(silences, now))
      for (const request of requests) steps.push(this.alerting.acknowledge(request, now))
    })
    this.save(joined(steps))
  }
}

/** Several steps as one. */
function joined(steps: readonly Changes[]): Changes {
  return {
    alerts: steps.flatMap(step => step.alerts),
    dropped: steps.flatMap(step => step.dropped),
    groups: steps.flatMap(step => step.groups),
    receivers: steps.flatMap(step => step.receivers),
    transitions: steps.flatMap(step => step.transitions),
    notifications: steps.flatMap(step => step.notifications)
  }
}
