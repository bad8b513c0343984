import type { Millis } from '../../core/time.ts'
import { groupOf, isFiring, type Alerts } from '../alerts.ts'
import type { PastAlert } from '../flap.ts'
import type { Changes, Saved } from '../kept.ts'
import type { Alert, AlertNotification, ReceiverView, Silence } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import { Tracked } from '../tracked.ts'
import { digestOf } from './compose.ts'
import {
  groupData,
  receiverData,
  type GroupState,
  type HeldBack,
  type ReceiverState,
  type Thread
} from './flow.ts'
import { inhibitorsOf } from './inhibition.ts'
import type { ReceiverRules } from './options.ts'
import { notified, suppressionOf } from './pipeline.ts'
import {
  heldBack,
  isLimited,
  mutedOf,
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

const NEW_GROUP: GroupState = { suppressed: {}, threads: {} }

/** Runs the stages of notifications, and keeps what they remember. */
export class Notifications {
  readonly #rules: ReadonlyMap<string, Rule>
  readonly #alerts: Alerts
  readonly #receivers: readonly ReceiverRules[]
  readonly #groups: Tracked<GroupState>
  readonly #states: Tracked<ReceiverState>
  readonly #inhibitors: ReadonlyMap<string, readonly string[]>
  #silences: readonly CompiledSilence[]
  #notifications: AlertNotification[] = []

  constructor(
    rules: ReadonlyMap<string, Rule>,
    alerts: Alerts,
    receivers: readonly ReceiverRules[],
    saved: Pick<Saved, 'groups' | 'receivers' | 'silences'>
  ) {
    this.#rules = rules
    this.#alerts = alerts
    this.#receivers = receivers
    this.#inhibitors = inhibitorsOf(rules)
    this.#silences = compiledSilences(saved.silences)
    this.#groups = new Tracked(groupData, saved.groups)
    this.#states = new Tracked(receiverData, saved.receivers)
  }

  /** The groups that somebody was notified of, or would be. */
  groups(): string[] {
    return [...new Set([...this.#groups.ids(), ...this.#alerts.groups()])]
  }

  /** The receivers that know that an alert fires, or will with what is held back. */
  notified(alert: Alert): string[] {
    return receiversOf(this.#group(this.#groupOf(alert)), alert)
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
      before: ({ id }) => this.#group(this.#groupOf(alert)).suppressed[id],
      now
    })
  }

  /** How the receivers stand; of an alert, those that it is routed to. */
  receivers(now: Millis, alert?: Alert): ReceiverView[] {
    return this.#receivers
      .filter(receiver => !alert || isRouted(receiver, this.#rules.get(alert.rule), alert))
      .map(receiver => ({
        name: receiver.name,
        ...mutedOf(receiver, alert?.severity ?? 'info', now),
        limited: isLimited(receiver, this.#state(receiver), now),
        held: heldBack(this.#state(receiver))
      }))
  }

  /** An alert is resolved. */
  ended(alert: Alert, now: Millis): void {
    const rule = this.#rules.get(alert.rule)
    // Where the rule is gone, its group may be another one.
    const known = rule
      ? undefined
      : this.#groups.ids().find(id => receiversOf(this.#group(id), alert).length > 0)
    const group = known ?? this.#groupOf(alert)
    const { by } = this.suppression(alert, now)
    for (const receiver of this.#receivers) {
      const state = this.#state(receiver)
      const knows = receiversOf(this.#group(group), alert).includes(receiver.name)
      const waited = !knows && isRouted(receiver, rule, alert) && by === undefined && !alert.acknowledged
      const notify = (knows && (rule?.sendResolved ?? true) && by !== 'silenced') || waited
      const flaps = state.flaps.includes(flapKey(alert))
      this.#change(group, receiver, thread => withResolved(thread, alert, notify && !flaps))
      this.#states.put(receiver.name, withEndedAlert(state, alert))
    }
  }

  /** What flapped has settled: receivers that know that it flapped are notified of how it is. */
  settled({ rule, key, flapping }: PastAlert): void {
    if (!flapping) return
    const alert = this.#alerts.get(rule, key)
    const over = { ...flapping, flapping: false }
    for (const receiver of this.#receivers) {
      const state = this.#state(receiver)
      if (!state.flaps.includes(flapKey(flapping))) continue
      this.#states.put(receiver.name, withFlap(state, flapKey(flapping), false))
      this.#change(this.#groupOf(flapping), receiver, thread =>
        alert ? without(thread, alert) : withResolved(thread, over, true)
      )
    }
  }

  /** Makes the notifications that some groups are due, and of what was held back and may be sent now. */
  run(groups: Iterable<string>, now: Millis): void {
    for (const receiver of this.#receivers) this.#digest(receiver, now)
    for (const group of groups) this.#run(group, now)
  }

  /** What is to be written and sent since it was last asked for. */
  changes(): Pick<Changes, 'groups' | 'receivers' | 'notifications'> {
    const notifications = this.#notifications
    this.#notifications = []
    return { notifications, groups: this.#groups.changes(), receivers: this.#states.changes() }
  }

  #run(id: string, now: Millis): void {
    const before = this.#group(id).suppressed
    const alerts = this.#alerts
      .inGroup(id)
      .map(alert => ({ alert, suppressed: this.suppression(alert, now).by }))
    const suppressed = Object.fromEntries(
      alerts.flatMap(({ alert, suppressed }) => (suppressed ? [[alert.id, suppressed]] : []))
    )
    if (JSON.stringify(suppressed) !== JSON.stringify(before))
      this.#groups.put(id, { ...this.#group(id), suppressed })
    const unsilenced = alerts.flatMap(({ alert, suppressed }) =>
      !suppressed && before[alert.id] === 'silenced' ? [alert.id] : []
    )
    const rule = this.#rules.get(alerts[0]?.alert.rule ?? '')
    for (const receiver of this.#receivers)
      this.#change(id, receiver, before => {
        const flow = { group: id, rule, receiver, now, alerts, unsilenced: new Set(unsilenced) }
        const state = this.#state(receiver)
        const after = notified({ ...flow, before, thread: before, state, news: [], held: false })
        this.#states.put(receiver.name, after.state)
        if (after.notification) this.#notifications.push(after.notification)
        return after.thread
      })
    this.#tidy(id, alerts.length > 0)
  }

  /** Forgets threads where all is resolved (no alert of the group `fires`), and those with receivers that are gone. */
  #tidy(id: string, fires: boolean): void {
    const group = this.#groups.get(id)
    if (!group) return
    const kept = Object.entries(group.threads).filter(
      ([name, { notified, resolved }]) =>
        this.#receivers.some(receiver => receiver.name === name) &&
        (fires || notified.length > 0 || resolved.length > 0)
    )
    if (kept.length === 0 && Object.keys(group.suppressed).length === 0) this.#groups.put(id, undefined)
    else if (kept.length < Object.keys(group.threads).length)
      this.#groups.put(id, { ...group, threads: Object.fromEntries(kept) })
  }

  /** Notifies a receiver of what was held back. */
  #digest(receiver: ReceiverRules, now: Millis): void {
    const { held, state } = released(receiver, this.#state(receiver), now) ?? {}
    if (!held || !state) return
    this.#states.put(receiver.name, state)
    const { firing, resolved } = this.#current(receiver, held, now)
    if (firing.length + resolved.length === 0) return
    const notification = digestOf(receiver.name, { firing, resolved }, held, now)
    this.#states.put(receiver.name, withSent(receiver, state, now))
    this.#notifications.push(notification)
    for (const alert of firing)
      this.#change(this.#groupOf(alert), receiver, thread => ({
        ...thread,
        thread: thread.thread ?? notification.id
      }))
  }

  /** What of the alerts that were held back is still to be sent, as they are now. */
  #current(
    receiver: ReceiverRules,
    { alerts }: HeldBack,
    now: Millis
  ): { firing: Alert[]; resolved: Alert[] } {
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
        this.#change(this.#groupOf(alert), receiver, thread => without(thread, alert))
    return { firing, resolved: all.filter(({ phase }) => phase === 'resolved') }
  }

  #group(id: string): GroupState {
    return this.#groups.get(id) ?? NEW_GROUP
  }

  #state({ name }: ReceiverRules): ReceiverState {
    return this.#states.get(name) ?? NEW_RECEIVER
  }

  /** Another thread with a receiver, made of the one before. */
  #change(id: string, { name }: ReceiverRules, change: (thread: Thread) => Thread): void {
    const before = this.#group(id).threads[name] ?? NEW_THREAD
    const after = change(before)
    const group = this.#group(id)
    if (after !== before) this.#groups.put(id, { ...group, threads: { ...group.threads, [name]: after } })
  }

  #groupOf(alert: Alert): string {
    return groupOf(alert, this.#rules)
  }
}

/** The receivers that were notified of an alert of a group. */
function receiversOf({ threads }: GroupState, { id }: Alert): string[] {
  return Object.keys(threads).filter(name => threads[name]?.notified.includes(id))
}
