import type { Millis } from '../../core/time.ts'
import { groupOf, isFiring, type Alerts } from '../alerts.ts'
import type { PastAlert } from '../flap.ts'
import type { Changes, Saved } from '../kept.ts'
import type { Alert, Notification, Silence } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import { digestOf } from './compose.ts'
import { receiverData, type Flow, type HeldBack, type ReceiverState } from './flow.ts'
import { Groups } from './groups.ts'
import { inhibitorsOf } from './inhibition.ts'
import type { ReceiverRules } from './options.ts'
import { notified, suppressionOf } from './pipeline.ts'
import {
  heldBack,
  isLimited,
  isMuted,
  NEW_RECEIVER,
  released,
  withEndedAlert,
  withFlap,
  withSent
} from './receiver.ts'
import { flapKey, isRouted } from './routing.ts'
import { compiledSilences, isActive } from './silences.ts'
import type { CompiledSilence, Suppression } from './suppression.ts'
import { NEW_THREAD, without, withResolved } from './thread.ts'

export interface NotificationsOptions {
  readonly rules: ReadonlyMap<string, Rule>
  readonly receivers: readonly ReceiverRules[]
  readonly alerts: Alerts
  readonly saved: Pick<Saved, 'groups' | 'receivers' | 'silences'>
}

/** A receiver, and what is remembered of it. */
interface Receiver {
  readonly rules: ReceiverRules
  state: ReceiverState
  /** As it was last written. */
  written: ReceiverState
}

/** Runs the stages of notifications, and keeps what they remember. */
export class Notifications {
  readonly #rules: ReadonlyMap<string, Rule>
  readonly #alerts: Alerts
  readonly #receivers: ReadonlyMap<string, Receiver>
  readonly #groups: Groups
  readonly #inhibitors: ReadonlyMap<string, readonly string[]>
  #silences: readonly CompiledSilence[]
  #notifications: Notification[] = []

  constructor({ rules, receivers, alerts, saved }: NotificationsOptions) {
    this.#rules = rules
    this.#alerts = alerts
    this.#inhibitors = inhibitorsOf(rules)
    this.#silences = compiledSilences(saved.silences)
    this.#groups = new Groups(saved.groups)
    const states = new Map(saved.receivers.map(({ id, data }) => [id, data]))
    this.#receivers = new Map(
      receivers.map(rules => {
        const state = receiverData.safeParse(states.get(rules.name)).data ?? NEW_RECEIVER
        return [rules.name, { rules, state, written: state }]
      })
    )
  }

  /** The groups that somebody was notified of, or would be. */
  groups(): string[] {
    return [...new Set([...this.#groups.ids(), ...this.#alerts.groups()])]
  }

  /** The receivers that know that an alert fires, or will with what is held back. */
  notified(alert: Alert): string[] {
    return this.#groups.notified(this.#groupOf(alert), alert.id)
  }

  setSilences(list: readonly Silence[]): void {
    this.#silences = compiledSilences(list)
  }

  /** The silences that are active, with the alerts that they match. */
  silences(now: Millis): readonly CompiledSilence[] {
    return this.#silences.filter(({ silence }) => isActive(silence, now))
  }

  /** The rules whose alerts are inhibited by those of a rule. */
  inhibitedBy(rule: string): string[] {
    return Array.from(this.#inhibitors).flatMap(([name, inhibitors]) =>
      inhibitors.includes(rule) ? [name] : []
    )
  }

  /** What keeps all receivers from being notified of an alert. */
  suppression(alert: Alert, now: Millis): Suppression {
    return suppressionOf(alert, {
      rules: this.#rules,
      alerts: this.#alerts,
      inhibitors: this.#inhibitors,
      silences: this.#silences,
      before: ({ id }) => this.#groups.get(this.#groupOf(alert)).suppressed[id],
      now
    })
  }

  /** How the receivers stand; of an alert, those that it is routed to. */
  receivers(now: Millis, alert?: Alert) {
    return [...this.#receivers.values()]
      .filter(({ rules }) => !alert || isRouted(rules, this.#rules.get(alert.rule), alert))
      .map(({ rules, state }) => ({
        name: rules.name,
        muted: isMuted(rules, alert?.severity ?? 'info', now),
        limited: isLimited(rules, state, now),
        held: heldBack(state)
      }))
  }

  /** An alert is resolved. */
  ended(alert: Alert, now: Millis): void {
    const rule = this.#rules.get(alert.rule)
    // Where the rule is gone, its group may be another one.
    const group = rule ? this.#groupOf(alert) : (this.#groups.withNotified(alert) ?? this.#groupOf(alert))
    const { by } = this.suppression(alert, now)
    for (const receiver of this.#receivers.values()) {
      const { name } = receiver.rules
      const known = this.#groups.get(group).threads[name]?.notified.includes(alert.id) === true
      const waited =
        !known && isRouted(receiver.rules, rule, alert) && by === undefined && !alert.acknowledged
      const notify = (known && (rule?.sendResolved ?? true) && by !== 'silenced') || waited
      const flaps = receiver.state.flaps.includes(flapKey(alert))
      this.#groups.change(group, name, thread => withResolved(thread, alert, notify && !flaps))
      receiver.state = withEndedAlert(receiver.state, alert)
    }
  }

  /** What flapped has settled: receivers that know that it flapped are notified of how it is. */
  settled({ rule, key, flapping }: PastAlert): void {
    if (!flapping) return
    const alert = this.#alerts.get(rule, key)
    const over = { ...flapping, flapping: false }
    for (const receiver of this.#receivers.values()) {
      if (!receiver.state.flaps.includes(flapKey(flapping))) continue
      receiver.state = withFlap(receiver.state, flapKey(flapping), false)
      this.#groups.change(this.#groupOf(flapping), receiver.rules.name, thread =>
        alert ? without(thread, alert) : withResolved(thread, over, true)
      )
    }
  }

  /** Makes the notifications that some groups are due, and of what was held back and may be sent now. */
  run(groups: Iterable<string>, now: Millis): void {
    for (const receiver of this.#receivers.values()) this.#digest(receiver, now)
    for (const group of groups) this.#run(group, now)
  }

  /** What is to be written and sent since it was last asked for. */
  changes(): Pick<Changes, 'groups' | 'receivers' | 'notifications'> {
    const notifications = this.#notifications
    this.#notifications = []
    const changed = [...this.#receivers.values()].filter(({ state, written }) => state !== written)
    for (const receiver of changed) receiver.written = receiver.state
    const receivers = changed.map(({ rules, state }) => ({ id: rules.name, data: state }))
    return { notifications, groups: this.#groups.changes(), receivers }
  }

  #run(group: string, now: Millis): void {
    const before = this.#groups.get(group).suppressed
    const alerts = this.#alerts
      .inGroup(group)
      .map(alert => ({ alert, suppressed: this.suppression(alert, now).by }))
    const unsilenced = alerts.filter(
      ({ alert, suppressed }) => !suppressed && before[alert.id] === 'silenced'
    )
    this.#groups.suppress(
      group,
      Object.fromEntries(
        alerts.flatMap(({ alert, suppressed }) => (suppressed ? [[alert.id, suppressed]] : []))
      )
    )
    const rule = this.#rules.get(alerts[0]?.alert.rule ?? '')
    const ids = new Set(unsilenced.map(({ alert }) => alert.id))
    for (const receiver of this.#receivers.values())
      this.#notify(receiver, { group, rule, now, alerts, unsilenced: ids, news: [], held: false })
    this.#groups.tidy(group, alerts.length > 0, this.#receivers)
  }

  #notify(receiver: Receiver, flow: Omit<Flow, 'receiver' | 'before' | 'thread' | 'state'>): void {
    const { rules, state } = receiver
    const before = this.#groups.get(flow.group).threads[rules.name] ?? NEW_THREAD
    const after = notified({ ...flow, receiver: rules, before, thread: before, state })
    receiver.state = after.state
    this.#groups.change(flow.group, rules.name, () => after.thread)
    if (after.notification) this.#notifications.push(after.notification)
  }

  /** Notifies a receiver of what was held back. */
  #digest(receiver: Receiver, now: Millis): void {
    const { held, state } = released(receiver.rules, receiver.state, now) ?? {}
    if (!held || !state) return
    receiver.state = state
    const { firing, resolved } = this.#current(receiver.rules.name, held, now)
    if (firing.length + resolved.length === 0) return
    const notification = digestOf(receiver.rules.name, { firing, resolved }, held, now)
    receiver.state = withSent(receiver.rules, receiver.state, now)
    this.#notifications.push(notification)
    for (const alert of firing)
      this.#groups.change(this.#groupOf(alert), receiver.rules.name, thread => ({
        ...thread,
        thread: thread.thread ?? notification.id
      }))
  }

  /** What of the alerts that were held back is still to be sent, as they are now. */
  #current(receiver: string, { alerts }: HeldBack, now: Millis): { firing: Alert[]; resolved: Alert[] } {
    const all = alerts.map(alert => {
      const present = this.#alerts.get(alert.rule, alert.key)
      return present?.id === alert.id ? present : alert
    })
    const firing = all.filter(
      alert => isFiring(alert) && !alert.acknowledged && !this.suppression(alert, now).by
    )
    // Of what is suppressed now it will be notified when that ends; of what is resolved, not again.
    for (const alert of all)
      if (!firing.includes(alert))
        this.#groups.change(this.#groupOf(alert), receiver, thread => without(thread, alert))
    return { firing, resolved: all.filter(({ phase }) => phase === 'resolved') }
  }

  #groupOf(alert: Alert): string {
    return groupOf(alert, this.#rules)
  }
}
