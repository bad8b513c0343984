import type { SignalDelta, Signal } from '../core/signal.ts'
import type { Millis } from '../core/time.ts'
import type { Query } from '../query/index.ts'
import { Alerts, groupOf, isFiring } from './alerts.ts'
import { Coverage } from './coverage.ts'
import { Evaluator, type Delays } from './evaluator.ts'
import { evidenceOf } from './evidence.ts'
import { flapSummary, hasSettled, withEnded } from './flap.ts'
import type { Health } from './health.ts'
import type { AcknowledgementRequest, Changes, Saved } from './kept.ts'
import { ended, labelsOf, type AlertStep, type Evaluated } from './life.ts'
import type { Alert, AlertsView, Explanation, AlertTimestamps, Silence, Transition } from './model.ts'
import { Notifications } from './notifications/notifications.ts'
import type { ReceiverRules } from './notifications/options.ts'
import { PIPELINE } from './notifications/pipeline.ts'
import type { Rule } from './rules/index.ts'
import { explained, viewed } from './view.ts'

export interface AlertingOptions extends Delays {
  readonly rules: readonly Rule[]
  readonly receivers: readonly ReceiverRules[]
  readonly saved: Saved
  /** The names of the sources that are read; absent where they do not matter. */
  readonly sources?: ReadonlySet<string>
  /** The one before with other rules or receivers, which is done then: what it remembers of signals that are the same is taken over. */
  readonly before?: Alerting
}

/**
 * Rules, the life of their alerts, and who is notified when. Pure: each step is given the clock (`now`, milliseconds since 1970) and
 * gives what is to be kept and sent; another one goes on from what was kept.
 */
export class Alerting {
  readonly #rules: ReadonlyMap<string, Rule>
  readonly #maxLateness: Millis
  readonly #sources: ReadonlySet<string> | undefined
  readonly #coverage: Coverage
  readonly #alerts: Alerts
  readonly #evaluator: Evaluator
  readonly #notifications: Notifications
  #transitions: Transition[] = []
  /** Groups in which something happened. */
  readonly #affected = new Set<string>()
  /** Ids of alerts that fired in this step, and groups in which one ended: nobody was notified of it yet. */
  readonly #fresh = new Set<string>()
  readonly #ended = new Set<string>()

  constructor({ rules, receivers, delay, maxLateness, saved, sources, before }: AlertingOptions) {
    this.#rules = new Map(rules.map(rule => [rule.name, rule]))
    this.#maxLateness = maxLateness
    this.#sources = sources
    this.#coverage = new Coverage(saved.groups)
    this.#alerts = new Alerts(this.#rules, saved)
    this.#evaluator = new Evaluator(rules, this.#alerts, { delay, maxLateness }, before && before.#evaluator)
    this.#evaluator.cover(this.#coverage)
    this.#notifications = new Notifications(this.#rules, this.#alerts, receivers, saved)
  }

  /** What engines are to count: each signal once. */
  get signals(): readonly Signal<Query>[] {
    return this.#evaluator.signals
  }

  /** Those of the signals of others that are not counted here as they are there. */
  missing(signals: readonly Signal<Query>[]): readonly Signal<Query>[] {
    return this.#evaluator.missing(signals)
  }

  /** Only remembers what was counted: at the start, from the store. */
  backfill(delta: SignalDelta): void {
    this.#evaluator.backfill(delta)
  }

  /** From now on no lines are kept: what a signal was not counted of by now is unknown to its rule. */
  countFrom(now: Millis): void {
    this.#coverage.begin(this.signals, now)
    this.#evaluator.cover(this.#coverage)
  }

  /** For people: that a rule does not know all yet that it looks back to; `undefined` where it does. */
  backfilling(rule: Rule, now: Millis): string | undefined {
    return this.#coverage.backfilling(rule, now)
  }

  /** A step of reading has counted this. */
  take(delta: SignalDelta, now: Millis): Changes {
    const { written, read, counted } = delta
    const timestamps = { ...(written !== undefined && { written }), read, counted, fired: now }
    for (const evaluated of this.#evaluator.ofLines(delta, now)) this.#evaluate(evaluated, now, timestamps)
    return this.#changes(this.#affected, now)
  }

  /** Time goes by; to be called about once a second. */
  tick(now: Millis, health: Health): Changes {
    for (const alert of this.#alerts.all()) {
      const gone = this.#goneOf(alert)
      if (gone !== undefined) this.#live(alert, ended(alert, now, gone), now)
    }
    for (const evaluated of this.#evaluator.ofTime(health, now)) this.#evaluate(evaluated, now)
    for (const past of this.#alerts.pasts()) if (hasSettled(past, now)) this.#settle(past.rule, past.key, now)
    this.#alerts.forget(now, this.#maxLateness)
    return this.#changes(this.#notifications.groups(), now)
  }

  /** Somebody takes an alert on, or gives it back. */
  acknowledge({ alert: id, owner, comment, at, undo = false }: AcknowledgementRequest, now: Millis): Changes {
    const alert = this.#alerts.withId(id)
    if (!alert || (undo && !alert.acknowledged)) return this.#changes([], now)
    const { acknowledged: _, ...rest } = alert
    this.#alerts.put(undo ? rest : { ...rest, acknowledged: { owner, comment, at } })
    this.#note(
      alert,
      undo ? 'unacknowledged' : 'acknowledged',
      [owner, comment].filter(text => text !== '').join(': '),
      now
    )
    return this.#changes([groupOf(alert, this.#rules)], now)
  }

  /** The silences that there are now. */
  silences(list: readonly Silence[], now: Millis): Changes {
    this.#notifications.setSilences(list)
    return this.#changes(this.#notifications.groups(), now)
  }

  /** An alert that is not over. */
  alert(id: string): Alert | undefined {
    return this.#alerts.withId(id)
  }

  /** The alerts that are not over, in no particular order. */
  alerts(): readonly Alert[] {
    return this.#alerts.all()
  }

  /** Those of a rule. */
  ofRule(rule: string): readonly Alert[] {
    return this.#alerts.ofRule(rule)
  }

  /** The silences that are active. */
  activeSilences(now: Millis): readonly Silence[] {
    return this.#notifications.silences(now).map(({ silence }) => silence)
  }

  /** How all stands, as plain data. */
  view(now: Millis): AlertsView {
    return viewed(this.#parts, now)
  }

  /** How a rule evaluates each key now, and who is notified; `undefined` where there is no such rule. */
  explain(name: string, now: Millis): Explanation | undefined {
    const rule = this.#rules.get(name)
    return rule && explained(rule, this.#parts, now)
  }

  get #parts() {
    return { alerts: this.#alerts, evaluator: this.#evaluator, notifications: this.#notifications }
  }

  #evaluate(evaluated: Evaluated, now: Millis, timestamps?: AlertTimestamps): void {
    const { rule, key, end } = evaluated
    const alert = this.#alerts.get(rule.name, key)
    // Lines that are read again, since they were not stored when Visor was stopped, belong to an alert that is over.
    if (!alert && (this.#alerts.isOver(evaluated) || !this.#isRead(labelsOf(rule, key)))) return
    const next = PIPELINE.evaluation(alert, evaluated)
    if (!next.alert || alert?.phase === 'firing' || next.alert.phase !== 'firing')
      return this.#live(alert, next, now)
    const evidence = evidenceOf(this.#evaluator.known.memory, rule, next.alert, end)
    this.#live(alert, { ...next, alert: { ...next.alert, evidence, ...(timestamps && { timestamps }) } }, now)
  }

  /** An alert's life goes on. */
  #live(before: Alert | undefined, { alert, transitions }: AlertStep, now: Millis): void {
    const one = alert ?? before
    if (!one) return
    for (const { what, summary } of transitions) this.#note(one, what, summary, now)
    if (!alert) this.#alerts.drop(one)
    else if (alert.phase === 'resolved') this.#end(alert, now)
    else if (isFiring(alert) && before?.phase !== 'firing') this.#fire(alert, now)
    else this.#alerts.put(alert)
  }

  #fire(alert: Alert, now: Millis): void {
    // In this very step another one ended: people are notified of that first.
    if (this.#ended.has(groupOf(alert, this.#rules))) this.#run(this.#affected, now)
    const past = this.#alerts.past(alert.rule, alert.key)
    if (past) this.#alerts.remember({ ...past, changed: now })
    this.#alerts.put({ ...alert, flapping: past?.flapping !== undefined })
    this.#fresh.add(alert.id)
    this.#affect(alert)
  }

  #end(alert: Alert, now: Millis): void {
    if (this.#fresh.has(alert.id)) this.#run(this.#affected, now)
    const before = this.#alerts.past(alert.rule, alert.key)
    const past = withEnded(before, alert, now)
    const over = { ...alert, flapping: past.flapping !== undefined }
    this.#alerts.put(over)
    this.#alerts.remember(past)
    if (past.flapping && !before?.flapping) this.#note(over, 'flapping', flapSummary(past), now)
    this.#notifications.ended(over, now)
    this.#ended.add(groupOf(over, this.#rules))
    this.#affect(over)
  }

  #settle(rule: string, key: string, now: Millis): void {
    const past = this.#alerts.past(rule, key)
    if (!past?.flapping) return
    const { flapping, ...rest } = past
    const alert = this.#alerts.get(rule, key)
    if (alert) this.#alerts.put({ ...alert, flapping: false })
    this.#alerts.remember({ ...rest, fired: [] })
    this.#note(
      alert ?? flapping,
      'settled',
      alert ? 'it has been firing for 15 minutes' : 'it has been over for 15 minutes',
      now
    )
    this.#notifications.settled(past)
    this.#affect(alert ?? flapping)
  }

  /** What happens to an alert may change who is notified of those that its rule inhibits. */
  #affect(alert: Alert): void {
    this.#affected.add(groupOf(alert, this.#rules))
    for (const rule of this.#notifications.inhibitedBy(alert.rule))
      for (const group of this.#alerts.groups(rule)) this.#affected.add(group)
  }

  /** For people: what an alert was of, which is no more; `undefined` where it is still of one of the rules and a source that is read. */
  #goneOf({ rule: name, key, labels }: Alert): string | undefined {
    const rule = this.#rules.get(name)
    if (!rule || JSON.stringify(labelsOf(rule, key)) !== JSON.stringify(labels)) return 'its rule is gone'
    return this.#isRead(labels) ? undefined : `${labels['source']} is no longer among the sources`
  }

  /** Whether labels are not of a source that is not read any more. */
  #isRead({ source }: Alert['labels']): boolean {
    return source === undefined || this.#sources === undefined || this.#sources.has(source)
  }

  #note({ id, rule, key }: Alert, what: Transition['what'], summary: string, now: Millis): void {
    this.#transitions.push({ at: now, alert: id, rule, key, what, summary })
  }

  #run(groups: Iterable<string>, now: Millis): void {
    this.#notifications.run(new Set(groups), now)
    for (const happened of [this.#fresh, this.#ended, this.#affected]) happened.clear()
  }

  #changes(groups: Iterable<string>, now: Millis): Changes {
    this.#run([...groups, ...this.#affected], now)
    const [alerts, notifications] = [this.#alerts.changes(now), this.#notifications.changes()]
    const transitions = this.#transitions
    this.#transitions = []
    return {
      ...alerts,
      ...notifications,
      groups: [...alerts.groups, ...notifications.groups, ...this.#coverage.changes()],
      transitions
    }
  }
}
