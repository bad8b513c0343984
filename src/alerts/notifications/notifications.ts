import { keyOf } from '../../core/signal.ts'
import { groupOf, isFiring, type Alerts } from '../alerts.ts'
import type { Past } from '../flap.ts'
import type { Changes, Saved } from '../kept.ts'
import type { Alert, Notification } from '../model.ts'
import type { Rule } from '../rules/index.ts'
import { digestOf, notificationOf } from './compose.ts'
import { Groups } from './groups.ts'
import type { Hidings } from './hidden.ts'
import type { ReceiverRules } from './options.ts'
import { isAtLeast, Receiver } from './receiver.ts'
import { goesOn, without, withOver, type Draft, type Hidden, type Scene, type Talk } from './talk.ts'

export interface NotificationsWorld {
  readonly rules: ReadonlyMap<string, Rule>
  readonly receivers: readonly ReceiverRules[]
  readonly alerts: Alerts
  readonly hidings: Hidings
  readonly saved: Pick<Saved, 'groups' | 'receivers'>
}

/** Who is told of which alerts, and when. Times are milliseconds since 1970. */
export class Notifications {
  readonly receivers: readonly Receiver[]
  readonly #names: ReadonlySet<string>
  readonly #world: NotificationsWorld
  readonly #groups: Groups
  readonly #written: Map<Receiver, unknown>
  #notifications: Notification[] = []

  constructor(world: NotificationsWorld) {
    this.#world = world
    const saved = new Map(world.saved.receivers.map(({ id, data }) => [id, data]))
    this.receivers = world.receivers.map(rules => new Receiver(rules, saved.get(rules.name)))
    this.#names = new Set(world.receivers.map(({ name }) => name))
    this.#groups = new Groups(world.saved.groups)
    this.#written = new Map(this.receivers.map(receiver => [receiver, receiver.data]))
  }

  /** The groups that somebody was told of, or would be. */
  groups(): string[] {
    return [...new Set([...this.#groups.ids(), ...this.#world.alerts.groups()])]
  }

  /** The receivers that know that an alert fires, or will with what is held back. */
  told(alert: Alert): string[] {
    return this.#groups.knowing(this.#groupOf(alert), alert.id)
  }

  /** Whether a receiver is told of alerts like this one. */
  isFor({ rules: { name, minSeverity = 'info' } }: Receiver, { rule, severity }: Alert): boolean {
    return (
      isAtLeast(severity, minSeverity) && this.#world.rules.get(rule)?.receivers?.includes(name) !== false
    )
  }

  /** An alert is over. */
  ended(alert: Alert, now: number): void {
    const { rules } = this.#world
    // Where the rule is gone, its group may be another one.
    const id = rules.has(alert.rule)
      ? this.#groupOf(alert)
      : (this.#groups.withTold(alert) ?? this.#groupOf(alert))
    const sendResolved = rules.get(alert.rule)?.sendResolved ?? true
    const hushed = this.#hushedBy(alert, now)
    for (const receiver of this.receivers) {
      const { name } = receiver.rules
      const told = this.#groups.talk(id, name)?.told.includes(alert.id) === true
      const waited = !told && this.isFor(receiver, alert) && hushed === undefined && !alert.acknowledged
      const tell = (told && sendResolved && hushed !== 'silenced') || waited
      this.#groups.change(id, name, talk =>
        withOver(talk, alert, tell && !receiver.knowsFlap(flapKey(alert)))
      )
      receiver.ended(alert)
    }
  }

  /** What flapped has rested: those who were told so are told how it is. */
  rested({ rule, key, flapping }: Past): void {
    if (!flapping) return
    const alert = this.#world.alerts.get(rule, key)
    const over = { ...flapping, flapping: false }
    for (const receiver of this.receivers) {
      if (!receiver.knowsFlap(flapKey(flapping))) continue
      receiver.setFlap(flapKey(flapping), false)
      this.#groups.change(this.#groupOf(flapping), receiver.rules.name, talk =>
        alert ? without(talk, alert) : withOver(talk, over, true)
      )
    }
  }

  /** Tells what there is to tell of some groups, and what was held back and may be told now. */
  settle(groups: Iterable<string>, now: number): void {
    for (const receiver of this.receivers) this.#release(receiver, now)
    for (const id of groups) this.#settle(id, now)
  }

  /** What is to be written and sent since it was last asked for. */
  changes(): Pick<Changes, 'groups' | 'receivers' | 'notifications'> {
    const notifications = this.#notifications
    this.#notifications = []
    const changed = this.receivers.filter(receiver => this.#written.get(receiver) !== receiver.data)
    for (const receiver of changed) this.#written.set(receiver, receiver.data)
    const receivers = changed.map(({ rules, data }) => ({ id: rules.name, data }))
    return { notifications, groups: this.#groups.changes(), receivers }
  }

  #settle(id: string, now: number): void {
    const { alerts, rules } = this.#world
    const before = this.#groups.hushed(id)
    const firing = alerts.inGroup(id).map(alert => ({ alert, hushed: this.#hushedBy(alert, now) }))
    const isAwake = ({ alert, hushed }: (typeof firing)[number]): boolean =>
      !hushed && before[alert.id] === 'silenced'
    const awake = new Set(firing.filter(isAwake).map(({ alert }) => alert.id))
    const hushed = firing.flatMap(({ alert, hushed }) => (hushed ? [[alert.id, hushed] as const] : []))
    this.#groups.setHushed(id, Object.fromEntries(hushed))
    for (const receiver of this.receivers) {
      const seen = firing
        .filter(({ alert }) => this.isFor(receiver, alert))
        .map(({ alert, hushed }) => ({ alert, hidden: hushed ?? hiddenFrom(receiver, alert) }))
      const repeat = rules.get(firing[0]?.alert.rule ?? '')?.repeatInterval ?? 0
      this.#goOn(id, receiver, { alerts: seen, awake, repeat, now })
    }
    this.#groups.tidy(id, firing.length > 0, this.#names)
  }

  #goOn(id: string, receiver: Receiver, scene: Scene): void {
    this.#groups.change(id, receiver.rules.name, before => {
      const { talk, draft } = goesOn(before, scene)
      return draft ? this.#tell(id, receiver, { before, talk, draft, now: scene.now }) : talk
    })
  }

  #tell(id: string, receiver: Receiver, { before, talk, draft, now }: Telling): Talk {
    const { firing, resolved, news } = draft
    const notification = notificationOf(draft, talk, receiver.rules.name, id, now)
    const held = receiver.isQuiet(notification.severity, now) || receiver.isFull(now)
    // What only says again what is known waits until it may be said.
    if (held && news === 0 && draft.occasion !== 'resolved')
      return before.remind <= now ? before : { ...before, remind: now }
    const alerts = [...firing.slice(0, news), ...resolved]
    for (const alert of alerts) if (alert.flapping) receiver.setFlap(flapKey(alert), true)
    if (held) {
      receiver.hold(notification.severity, notification.title, alerts)
      return talk
    }
    receiver.sent(now)
    this.#notifications.push(notification)
    return { ...talk, thread: notification.thread, serial: talk.serial + 1 }
  }

  /** Tells a receiver what was held back. */
  #release(receiver: Receiver, now: number): void {
    const held = receiver.release(now)
    if (!held) return
    const { name } = receiver.rules
    const current = held.alerts.map(alert => this.#current(alert))
    const firing = current.filter(
      alert => isFiring(alert) && !alert.acknowledged && !this.#hushedBy(alert, now)
    )
    const resolved = current.filter(({ phase }) => phase === 'resolved')
    // Of what nobody is told now it will be told when that ends; of what is over, not again.
    for (const alert of current)
      if (!firing.includes(alert))
        this.#groups.change(this.#groupOf(alert), name, talk => without(talk, alert))
    if (firing.length + resolved.length === 0) return
    const { count, titles } = held
    const notification = digestOf(name, { firing, resolved }, { count, titles }, now)
    receiver.sent(now)
    this.#notifications.push(notification)
    for (const alert of firing)
      this.#groups.change(this.#groupOf(alert), name, talk => ({
        ...talk,
        thread: talk.thread ?? notification.id
      }))
  }

  /** An alert as it is now. */
  #current(alert: Alert): Alert {
    const now = this.#world.alerts.get(alert.rule, alert.key)
    return now?.id === alert.id ? now : alert
  }

  #groupOf(alert: Alert): string {
    return groupOf(alert, this.#world.rules)
  }

  /** What keeps an alert from everybody. What is on its way to be over is not told of any more when that ends. */
  #hushedBy(alert: Alert, now: number): 'silenced' | 'inhibited' | undefined {
    const { silence, because } = this.#world.hidings.of(alert, now)
    if (silence) return 'silenced'
    if (because !== undefined) return 'inhibited'
    return alert.good === undefined ? undefined : this.#groups.hushed(this.#groupOf(alert))[alert.id]
  }
}

/** How a talk was, how it is once a draft is told, and when that is. */
interface Telling {
  readonly before: Talk
  readonly talk: Talk
  readonly draft: Draft
  readonly now: number
}

function flapKey({ rule, key }: Pick<Alert, 'rule' | 'key'>): string {
  return keyOf([rule, key])
}

function hiddenFrom(receiver: Receiver, alert: Alert): Hidden | undefined {
  if (alert.flapping && receiver.knowsFlap(flapKey(alert))) return 'flapping'
  return alert.acknowledged ? 'acknowledged' : undefined
}
