import * as z from 'zod'
import { isWithin } from '../hours.ts'
import { SEVERITIES, type Alert, type Severity } from '../model.ts'
import type { ReceiverRules } from './options.ts'

/** How many titles and alerts of notifications that are held back are kept, for each severity. */
const TITLES = 20
const ALERTS = 100

const heldData = z.object({
  count: z.number(),
  titles: z.array(z.string()),
  /** As they were when they were last heard of. */
  alerts: z.array(z.custom<Alert>())
})

/** What is remembered of a receiver. It is kept in the state, so it may be of another version. */
const receiverData = z.object({
  /** When the notifications were made that its rate cap still counts. */
  sent: z.array(z.number()),
  held: z.partialRecord(z.enum(SEVERITIES), heldData),
  /** Rules and keys of which it was told that they flap. */
  flaps: z.array(z.string())
})

/** Notifications that were held back. */
export type Held = z.output<typeof heldData>

type Data = z.output<typeof receiverData>

const NONE: Data = { sent: [], held: {}, flaps: [] }

/** What one receiver may be told, and when. Times are milliseconds since 1970. */
export class Receiver {
  readonly rules: ReceiverRules
  #data: Data

  constructor(rules: ReceiverRules, saved: unknown) {
    this.rules = rules
    this.#data = receiverData.safeParse(saved).data ?? NONE
  }

  /** Plain data; another object whenever it changes. */
  get data(): Data {
    return this.#data
  }

  /** Whether its quiet hours hold back notifications of a severity. */
  isQuiet(severity: Severity, now: number): boolean {
    const { muteTimes } = this.rules
    return muteTimes !== undefined && !isAtLeast(severity, muteTimes.except) && isWithin(muteTimes, now)
  }

  /** Whether its rate cap is reached. */
  isFull(now: number): boolean {
    return this.#recent(now).length >= this.rules.rateLimit.count
  }

  sent(now: number): void {
    this.#data = { ...this.#data, sent: [...this.#recent(now), now] }
  }

  hold(severity: Severity, title: string, alerts: readonly Alert[]): void {
    const { count, titles, alerts: known } = this.#data.held[severity] ?? { count: 0, titles: [], alerts: [] }
    const ids = new Set(alerts.map(({ id }) => id))
    const held: Held = {
      count: count + 1,
      titles: [...titles, title].slice(0, TITLES),
      alerts: [...known.filter(({ id }) => !ids.has(id)), ...alerts].slice(-ALERTS)
    }
    this.#data = { ...this.#data, held: { ...this.#data.held, [severity]: held } }
  }

  /** An alert that notifications which are held back speak of is over. */
  ended(alert: Alert): void {
    const held = this.#data.held[alert.severity]
    if (!held?.alerts.some(({ id }) => id === alert.id)) return
    const alerts = held.alerts.map(known => (known.id === alert.id ? alert : known))
    this.#data = { ...this.#data, held: { ...this.#data.held, [alert.severity]: { ...held, alerts } } }
  }

  /** What was held back and may be told now: it is held no longer. */
  release(now: number): Held | undefined {
    const ready = SEVERITIES.filter(severity => this.#data.held[severity] && !this.isQuiet(severity, now))
    if (ready.length === 0 || this.isFull(now)) return undefined
    const all = ready.flatMap(severity => this.#data.held[severity] ?? [])
    const rest = SEVERITIES.filter(severity => !ready.includes(severity)).map(
      severity => [severity, this.#data.held[severity]] as const
    )
    const held = Object.fromEntries(rest.filter(([, some]) => some !== undefined))
    this.#data = { ...this.#data, held }
    return {
      count: all.reduce((sum, { count }) => sum + count, 0),
      titles: all.flatMap(({ titles }) => titles).slice(0, TITLES),
      alerts: all.flatMap(({ alerts }) => alerts)
    }
  }

  /** How many notifications are held back, and some of their titles. */
  get waiting(): Pick<Held, 'count' | 'titles'> {
    const all = Object.values(this.#data.held)
    return {
      count: all.reduce((sum, { count }) => sum + count, 0),
      titles: all.flatMap(({ titles }) => titles).slice(0, TITLES)
    }
  }

  knowsFlap(key: string): boolean {
    return this.#data.flaps.includes(key)
  }

  setFlap(key: string, flaps: boolean): void {
    if (flaps === this.knowsFlap(key)) return
    const others = this.#data.flaps.filter(known => known !== key)
    this.#data = { ...this.#data, flaps: flaps ? [...others, key] : others }
  }

  #recent(now: number): number[] {
    return this.#data.sent.filter(at => at > now - this.rules.rateLimit.per)
  }
}

/** Whether a severity is at least as bad as another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}
