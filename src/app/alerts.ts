import { hostname } from 'node:os'
import { Alerting } from '../alerts/alerting.ts'
import type { Health } from '../alerts/health.ts'
import type { DeliveryRecord, Notification } from '../alerts/model.ts'
import { rulesOf } from '../alerts/options.ts'
import type { Rule } from '../alerts/rules/index.ts'
import type { Config } from '../config/schema.ts'
import { VisorError } from '../core/errors.ts'
import type { SignalDelta } from '../core/signal.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import { openNotifier } from '../notifiers/index.ts'
import type { Notifier, NotifierDependencies } from '../notifiers/kind.ts'
import { signedLinks, type Links } from '../server/alerts/links.ts'
import {
  Dispatcher,
  openOwnState,
  openState,
  stateDamage,
  statePath,
  type Changes,
  type StateStore
} from '../state/index.ts'
import { addressHider, type HideAddresses } from '../privacy/addresses.ts'
import type { Store } from '../store/index.ts'
import { reasonOf } from '../system/reason.ts'
import { Acts } from './acts.ts'
import { backfill } from './backfill.ts'
import { testNotifier, unknownReceiver, type ReceiverTest } from './receiver-test.ts'
import { subscriptionsOf } from './subscriptions.ts'

/** How long newer values of alerts may wait to be written. */
const MAX_UNSAVED: Millis = SECOND_MS

/** How often it is noted that Visor runs: as finely is known, after a crash, how long it did not. */
const WATCHING: Millis = 10 * SECOND_MS

/** How often the state is looked through at most; the longer that takes, the more seldom. */
const MIN_CHECKING: Millis = 10 * SECOND_MS

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

/** Alerts at work: lines are evaluated, what comes of it is kept, and people are notified. */
export class RunningAlerts {
  readonly rules: readonly Rule[]
  readonly alerting: Alerting
  readonly state: StateStore
  readonly acts: Acts
  readonly links: Links
  readonly subscriptions: ReturnType<typeof subscriptionsOf>
  readonly clock: Clock
  readonly #config: Config
  readonly #hide: HideAddresses | undefined
  readonly #stored: boolean
  readonly #stdout: NotifierDependencies['stdout']
  readonly #notifiers = new Map<string, Notifier>()
  readonly #dispatcher: Dispatcher
  /** Whether the receivers are open. */
  #started = false
  /** Steps that are not written yet, and when it was last tried, by `performance.now()`. */
  readonly #unsaved: Changes[] = []
  #saved = -Infinity
  #why: string | undefined
  /** That the state was damaged when it was opened, and what was saved. */
  #damage: string | undefined
  /** Of the state when it was looked at last: -1 before, since others may have written while nobody looked. */
  #version = -1
  #tidied: number
  /** Before when the state is neither looked through nor mended again, by `performance.now()`. */
  #nextCheck = 0
  #nextMend = -Infinity
  /** When this run began to evaluate, and when that it goes on was last noted. */
  #began: Millis | undefined
  #watched = -Infinity
  /** Grows with each step that changed something. */
  #revision = 0
  /** When each rule fired last; looked up when it is first asked for. */
  readonly #fired = new Map<string, Millis | undefined>()
  readonly #listeners = new Set<() => void>()

  private constructor(config: Config, stored: boolean, state: StateStore, options: AlertsOptions) {
    const { clock, stdout, delay } = options
    this.#config = config
    const { addresses } = config.privacy
    this.#hide = addresses && addressHider(addresses, clock)
    this.#stored = stored
    this.#stdout = stdout
    this.state = state
    this.clock = clock
    this.rules = rulesOf(config.alerts)
    const receivers = Object.entries(config.receivers).map(([name, receiver]) => ({ ...receiver, name }))
    const { maxLateness } = config.alerts
    this.alerting = new Alerting({
      rules: this.rules,
      receivers,
      maxLateness,
      delay,
      saved: state.load()
    })
    this.links = signedLinks(state.secret('links'), clock)
    this.acts = new Acts(state, clock)
    this.subscriptions = subscriptionsOf(state, clock, config.page.url, (caller, act) =>
      this.acts.record(caller, act)
    )
    this.#tidied = clock()
    this.#dispatcher = new Dispatcher({
      state,
      notifiers: this.#notifiers,
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
      const alerts = new RunningAlerts(config, store !== undefined, state, options)
      alerts.#damage = damage
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
    for (const [name, settings] of Object.entries(this.#config.receivers)) {
      // Where nothing is kept, what would be is shown.
      const receiver = this.#stored || settings.type !== 'mailbox' ? settings : { type: 'console' }
      const dependencies: NotifierDependencies = {
        name,
        clock: this.clock,
        folder: this.#config.store.path,
        host: hostname(),
        latencies: () => this.#dispatcher.latencies(name),
        stdout: this.#stdout,
        subscriptions: this.subscriptions.notifiers,
        ...(page !== undefined && { page, links: notification => this.links.of(notification, page) })
      }
      this.#notifiers.set(name, await openNotifier(receiver, dependencies))
    }
    this.#started = true
    this.#dispatcher.wake()
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
    this.#check()
    if (now - this.#tidied < TIDY) return
    this.#tidied = now
    this.#withState(() => {
      this.state.forget(now - this.#config.store.retention)
      if (this.#hide) this.state.rewriteTexts(now - this.#config.privacy.after, this.#hide)
      this.state.reserve()
    })
  }

  /** Sends a test notification to a receiver. @throws VisorError USAGE where there is none */
  async test(name: string): Promise<ReceiverTest> {
    const notifier = this.#notifiers.get(name)
    if (!notifier) throw unknownReceiver(name, Array.from(this.#notifiers.keys()))
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
    return this.#why ?? this.#damage
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
    this.#why = this.#withState(() => this.state.commit(changes))
    if (this.#why !== undefined) return
    this.#unsaved.length = 0
    if (changes.notifications.length > 0 && this.#started) this.#dispatcher.wake()
  }

  /** Notes that Visor runs. */
  #watching(now: Millis): void {
    const since = this.#began ?? now
    this.#watched = now
    this.#withState(() => this.state.watching(since, now))
  }

  /** Looks whether the state's file is damaged: what is in memory of it would hide that until the next start. */
  #check(): void {
    const began = performance.now()
    if (!this.#stored || began < this.#nextCheck) return
    const found = whyNot(() => {
      const damage = stateDamage(statePath(this.#config.store.path))
      if (damage !== undefined) this.#mend(damage)
    })
    if (found !== undefined) this.#why = found
    const took = performance.now() - began
    this.#nextCheck = began + Math.max(MIN_CHECKING, took * 1000)
  }

  /** Does something with the state; where that turns out to be damaged, once more with what could be saved of it. Gives why it could not. */
  #withState(work: () => void): string | undefined {
    try {
      work()
      return undefined
    } catch (error) {
      if (!(error instanceof VisorError && error.code === 'STATE_DAMAGED')) return reasonOf(error)
      return whyNot(() => {
        this.#mend(error.message)
        work()
      })
    }
  }

  /** Puts a damaged state aside and goes on with what can be read of it: not again and again, where the disk itself is broken. */
  #mend(damage: string): void {
    const now = performance.now()
    if (now < this.#nextMend) throw new VisorError('STATE_DAMAGED', damage)
    this.#nextMend = now + TIDY
    this.#damage = `${damage}; ${this.state.mend(this.clock())}`
  }

  async close(): Promise<void> {
    this.#flush()
    if (this.#began !== undefined) this.#watching(this.clock())
    await this.#dispatcher.close()
    await Promise.all(Array.from(this.#notifiers.values(), notifier => notifier.close()))
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

/** Does something with the state; gives why where it could not: it may be out of reach for a while, with a full disk. */
function whyNot(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return reasonOf(error)
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
