import { keyOf, type SignalDelta } from '../../core/signal.ts'
import { Alerting } from '../alerting.ts'
import { HEALTHY, type Health } from '../health.ts'
import type { AcknowledgementRequest, Changes, StateItem, Saved } from '../kept.ts'
import type { Alert, AlertNotification, Silence, Transition } from '../model.ts'
import { receiverRulesOptions, type ReceiverRules } from '../notifications/options.ts'
import { alertsOptions, rulesOf } from '../options.ts'
import type { Rule } from '../rules/index.ts'

/** The clock of tests begins here: 2023-11-14T22:00:00Z, a Tuesday. */
export const START = Date.UTC(2023, 10, 14, 22)

/** Rules as users write them; without a type, each is bad in every second in which a client has a line. */
export function rulesFrom(rules: Readonly<Record<string, object>>) {
  const usual = {
    type: 'count',
    where: 'status:5xx',
    by: 'client',
    over: 0,
    window: '1s',
    keepFiringFor: '3s'
  }
  const written = Object.entries(rules).map(([name, rule]) => [
    name,
    'type' in rule ? rule : { ...usual, ...rule }
  ])
  return rulesOf(alertsOptions.parse({ defaults: false, rules: Object.fromEntries(written) }))
}

/** Receivers as users write them. */
export function receiversFrom(receivers: Readonly<Record<string, object>>): ReceiverRules[] {
  return Object.entries(receivers).map(([name, rules]) => ({ name, ...receiverRulesOptions.parse(rules) }))
}

export interface RunOptions {
  readonly rules: Readonly<Record<string, object>>
  /** `ops`, which wants all, when absent. */
  readonly receivers?: Readonly<Record<string, object>>
  /** Lines are not kept. */
  readonly countFrom?: number
  /** The sources that are read; any when absent. */
  readonly sources?: readonly string[]
}

/** Alerting as a daemon runs it, whose state is kept as a database would; it can be stopped and go on. AlertTimestamps are seconds after START. */
export class Run {
  readonly notifications: AlertNotification[] = []
  readonly transitions: Transition[] = []
  /** All alerts that there ever were, as they were last written. */
  readonly written = new Map<string, Alert>()
  rules: readonly Rule[] = []
  alerting: Alerting
  readonly #options: RunOptions
  readonly #deltas: SignalDelta[] = []
  readonly #items = { group: new Map<string, StateItem>(), receiver: new Map<string, StateItem>() }
  #silences: Silence[] = []

  constructor(options: RunOptions) {
    this.#options = options
    this.alerting = this.#open()
  }

  /** A line in each of some seconds, of a client (or of another key), that a rule counts. */
  lines(rule: string, keys: readonly string[], at: number, clock = at + 0.1): void {
    const step = this.alerting.signals.find(({ name }) => name === rule)?.step ?? 1e6
    const window = Math.floor(((START / 1000 + at) * 1e6) / step) * step
    const counts = { counts: new Float64Array(keys.length).fill(1), sums: new Float64Array(keys.length) }
    const row = {
      window,
      source: 'web',
      metric: rule,
      keys: keys.map(key => keyOf(key.split(' '))),
      ...counts
    }
    const now = START + clock * 1000
    const none = { otherCount: 0, otherSum: 0, sketch: undefined }
    this.take(
      { rows: [{ ...row, ...none }], lines: [], written: now - 3, read: now - 2, counted: now - 1 },
      now
    )
  }

  take(delta: SignalDelta, now: number): void {
    this.#deltas.push(delta)
    this.#keep(this.alerting.take(delta, now))
  }

  tick(at: number, health: Health = HEALTHY): void {
    this.#keep(this.alerting.tick(START + at * 1000, health))
  }

  /** For the alert of a client that is not over. */
  acknowledge(key: string, at: number, undo = false): void {
    const alert = [...this.written.values()].find(
      ({ phase, labels }) => phase !== 'resolved' && labels['client'] === key
    )
    const request: AcknowledgementRequest = {
      alert: alert?.id ?? '',
      owner: 'eve',
      comment: 'mine',
      at: START + at * 1000,
      undo
    }
    this.#keep(this.alerting.acknowledge(request, START + at * 1000))
  }

  silence(query: string, at: number, length: number): void {
    const [created, id] = [START + at * 1000, `silence-${this.#silences.length}`]
    const silence = { id, query, author: 'eve', reason: 'work', created, ends: created + length * 1000 }
    this.#silences = [...this.#silences, silence]
    this.#keep(this.alerting.silences(this.#silences, created))
  }

  /** It is stopped, however; another one goes on, with other settings where they are given. The last so many steps of reading were not stored. */
  restart({ lost = 0, ...options }: Partial<RunOptions> & { readonly lost?: number } = {}): void {
    this.#deltas.splice(this.#deltas.length - lost, lost)
    this.alerting = this.#open(options)
  }

  get saved(): Saved {
    const alerts = [...this.written.values()].filter(({ phase }) => phase !== 'resolved')
    const [groups, receivers] = [this.#items.group, this.#items.receiver].map(items => [...items.values()])
    return { alerts, groups: groups ?? [], receivers: receivers ?? [], silences: this.#silences }
  }

  #open(options: Partial<RunOptions> = {}): Alerting {
    const { rules, receivers = { ops: {} }, countFrom, sources } = { ...this.#options, ...options }
    const saved: Saved = JSON.parse(JSON.stringify(this.saved))
    this.rules = rulesFrom(rules)
    const alerting = new Alerting({
      rules: this.rules,
      receivers: receiversFrom(receivers),
      maxLateness: 600_000,
      delay: 2000,
      saved,
      ...(sources && { sources: new Set(sources) })
    })
    for (const delta of this.#deltas) alerting.backfill(delta)
    if (countFrom !== undefined) alerting.countFrom(START + countFrom * 1000)
    return alerting
  }

  #keep({ alerts, dropped, groups, receivers, transitions, notifications }: Changes): void {
    for (const alert of alerts) this.written.set(alert.id, alert)
    for (const id of dropped) this.written.delete(id)
    for (const [items, changed] of [
      [this.#items.group, groups] as const,
      [this.#items.receiver, receivers] as const
    ])
      for (const item of changed)
        if (item.data === undefined) items.delete(item.id)
        else items.set(item.id, item)
    this.transitions.push(...transitions)
    this.notifications.push(...notifications)
  }
}

/** `61 ops more b,c over a`: when (seconds after START), to whom, why, of which clients. */
export function notificationText({
  created,
  receiver,
  occasion,
  firing,
  resolved,
  held
}: AlertNotification): string {
  const parts = [Math.floor((created - START) / 1000), receiver, occasion]
  if (firing.length > 0) parts.push(clientsOf(firing))
  if (resolved.length > 0) parts.push('over', clientsOf(resolved))
  if (held) parts.push(`held ${held.count}`)
  return parts.join(' ')
}

function clientsOf(alerts: readonly Alert[]): string {
  return alerts
    .map(({ labels }) => labels['client'] ?? '')
    .toSorted()
    .join(',')
}
