import { setTimeout as delay } from 'node:timers/promises'
import type { DeliveryRecord, Notification, OutboxEntry } from '../alerts/model.ts'
import { delivered } from '../alerts/notifications/pipeline.ts'
import type { Attempt } from '../alerts/notifications/retry.ts'
import { SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import { DELIVERY_PATIENCE, type Notifier } from '../notifiers/kind.ts'
import { reasonOf } from '../system/reason.ts'
import { attempt } from './attempt.ts'
import type { StateStore } from './types.ts'

/** Notifications of one receiver that are under way at the same time. */
const MAX_UNDER_WAY = 4

/** How many latencies of each receiver are remembered. */
const MAX_LATENCIES = 1000

/** How long until the state is tried again when it could not be read or written. */
const STATE_AGAIN: Millis = SECOND_MS

/** Node's timers count no further. */
const MAX_TIMER: Millis = 2 ** 31 - 1

export interface DispatcherOptions {
  readonly state: Pick<StateStore, 'due' | 'nextDue' | 'backlog' | 'tried' | 'deliveries'>
  /** By the names of receivers. They stay open when the dispatcher is closed. */
  readonly notifiers: ReadonlyMap<string, Notifier>
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  /** Called for each try, once it is noted. */
  readonly sent: (record: DeliveryRecord, notification: Notification) => void
  /** How long a notifier may take to answer; a minute when absent. */
  readonly patience?: Millis
  /** How long `close` waits for what is under way; three seconds when absent. */
  readonly grace?: Millis
}

/**
 * Sends what is in the outbox, each notification until it is accepted, refused, or three days old. Receivers do not wait for each
 * other; the notifications of one group keep their order.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  /** How long the last notifications of each receiver took until they were accepted, the newest last. */
  readonly #latencies = new Map<string, Millis[]>()
  /** Deliveries that are not noted yet, by the notification's id. */
  readonly #underWay = new Map<string, { readonly receiver: string; readonly noted: Promise<void> }>()
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #closing = false
  /** What cannot be done with the state: to note a notification (its id), or to read the outbox (no id). */
  readonly #failures = new Map<string, { readonly since: Millis; readonly why: string }>()

  /** @throws VisorError STATE */
  constructor(options: DispatcherOptions) {
    this.#options = options
    for (const record of options.state.deliveries({ limit: 1000 }).toReversed()) this.#remember(record)
  }

  /** Sends what can be sent now; to be called when notifications have been committed, and once at the start. */
  wake(): void {
    if (this.#closing) return
    clearTimeout(this.#timer)
    const { state, clock } = this.#options
    const now = clock()
    try {
      while (this.#start(state.due(now, [...this.#underWay.keys()])));
      const next = state.nextDue(now)
      if (next !== undefined) this.#wakeIn(next - now)
      this.#failures.delete('')
    } catch (error) {
      this.#stumbled('', error)
      this.#wakeIn(STATE_AGAIN)
    }
  }

  /** How much waits, for how long the oldest has, and what hinders it. */
  health(): { waiting: number; oldest: Millis; why?: string } {
    const now = this.#options.clock()
    const [failure] = this.#failures.values()
    try {
      const { waiting, since = now, why: met } = this.#options.state.backlog()
      const why = failure?.why ?? met
      return { waiting, oldest: Math.max(0, now - since), ...(why !== undefined && { why }) }
    } catch (error) {
      return { waiting: this.#underWay.size, oldest: now - (failure?.since ?? now), why: reasonOf(error) }
    }
  }

  /** How long the last notifications of a receiver took until they were accepted, the newest last. */
  latencies(receiver: string): readonly Millis[] {
    return this.#latencies.get(receiver) ?? []
  }

  /** Resolves when what is under way now is noted. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#underWay.values(), ({ noted }) => noted))
  }

  /** Sends nothing more. Waits for `grace` at most for what is under way; what is not accepted by then stays in the outbox. */
  async close(grace = this.#options.grace ?? 3 * SECOND_MS): Promise<void> {
    this.#closing = true
    clearTimeout(this.#timer)
    const noted = Promise.all(Array.from(this.#underWay.values(), ({ noted }) => noted))
    const patience = new AbortController()
    const late = delay(grace, undefined, { signal: patience.signal }).catch(() => {})
    await Promise.race([noted, late])
    patience.abort()
    this.#stop.abort()
    await noted
  }

  /** Starts deliveries as far as their receivers have room; gives whether there was any. */
  #start(outgoing: readonly OutboxEntry[]): boolean {
    const free = outgoing.filter(({ notification: { receiver } }) => this.#countOf(receiver) < MAX_UNDER_WAY)
    for (const one of free) {
      const { id, receiver } = one.notification
      this.#underWay.set(id, { receiver, noted: this.#deliver(one) })
    }
    return free.length > 0
  }

  #countOf(receiver: string): number {
    return [...this.#underWay.values()].filter(one => one.receiver === receiver).length
  }

  async #deliver(outgoing: OutboxEntry): Promise<void> {
    const { notifiers, clock, random, patience = DELIVERY_PATIENCE } = this.#options
    const { id, receiver } = outgoing.notification
    const notifier = notifiers.get(receiver)
    const result = notifier
      ? await attempt(notifier, outgoing, patience, this.#stop.signal)
      : nobody(receiver)
    const { record, left } = delivered({ outgoing, result, now: clock(), random: random() })
    const noted = record && (await this.#note(record, left))
    this.#underWay.delete(id)
    if (!record || !noted) return
    this.#remember(record)
    this.#options.sent(record, outgoing.notification)
    this.wake()
  }

  /** Notes what came of a try, as soon as the state can be written: until then it is not tried again. */
  async #note(record: DeliveryRecord, left: Attempt['left']): Promise<boolean> {
    while (!this.#stop.signal.aborted) {
      try {
        this.#options.state.tried(record, left)
        this.#failures.delete(record.notification)
        return true
      } catch (error) {
        this.#stumbled(record.notification, error)
      }
      await delay(STATE_AGAIN, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
    return false
  }

  #remember({ receiver, latency }: DeliveryRecord): void {
    if (latency === undefined) return
    const known = [...(this.#latencies.get(receiver) ?? []), latency]
    this.#latencies.set(receiver, known.slice(-MAX_LATENCIES))
  }

  #stumbled(id: string, error: unknown): void {
    const since = this.#failures.get(id)?.since ?? this.#options.clock()
    this.#failures.set(id, { since, why: reasonOf(error) })
  }

  #wakeIn(ms: Millis): void {
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(1, Math.ceil(ms)), MAX_TIMER))
  }
}

/** The answer when the configuration does not know a receiver any more. */
function nobody(receiver: string) {
  const why = 'the configuration has no such receiver any more'
  return { accepted: [], refused: [{ to: receiver, why }], later: [] }
}
