import type { Millis } from '../../core/time.ts'
import { endOf, isWithin } from '../hours.ts'
import { SEVERITIES, type Alert, type Severity } from '../model.ts'
import type { Flow, HeldBack, ReceiverState } from './flow.ts'
import type { ReceiverRules } from './options.ts'
import { flapKey, isAtLeast } from './routing.ts'

/** How many titles and alerts of notifications that are held back are kept, for each severity. */
const MAX_TITLES = 20
const MAX_ALERTS = 100

export const NEW_RECEIVER: ReceiverState = { sent: [], held: {}, flaps: [] }

/** Stage: in its mute times a receiver gets no notifications but the most severe. */
export function muteTimes(flow: Flow): Flow {
  const { notification, receiver, now } = flow
  return notification && isMuted(receiver, notification.severity, now) ? { ...flow, held: true } : flow
}

function isMuted({ muteTimes }: ReceiverRules, severity: Severity, now: Millis): boolean {
  return muteTimes !== undefined && !isAtLeast(severity, muteTimes.except) && isWithin(muteTimes, now)
}

export function mutedOf(
  receiver: ReceiverRules,
  severity: Severity,
  now: Millis
): { readonly muted: boolean; readonly mutedUntil?: Millis } {
  const muted = isMuted(receiver, severity, now)
  const end = muted && receiver.muteTimes ? endOf(receiver.muteTimes, now) : undefined
  return { muted, ...(end !== undefined && { mutedUntil: end }) }
}

/** Stage: a receiver gets so many notifications in a time. */
export function rateLimit(flow: Flow): Flow {
  const { notification, receiver, state, now } = flow
  return notification && isLimited(receiver, state, now) ? { ...flow, held: true } : flow
}

export function isLimited(receiver: ReceiverRules, state: ReceiverState, now: Millis): boolean {
  return recent(receiver, state, now).length >= receiver.rateLimit.count
}

function recent({ rateLimit }: ReceiverRules, { sent }: ReceiverState, now: Millis): number[] {
  return sent.filter(at => at > now - rateLimit.per)
}

/**
 * Stage: what is not held back goes into the outbox, the rest into the next digest. What only repeats what is known waits
 * instead until it may be sent.
 */
export function outbox(flow: Flow): Flow {
  const { notification, pending, news, held, before, thread, receiver, state, now } = flow
  if (!notification || !pending) return flow
  if (held && news.length === 0 && pending.occasion !== 'resolved')
    return {
      ...flow,
      notification: undefined,
      thread: before.repeatAt <= now ? before : { ...before, repeatAt: now }
    }
  const alerts = [...news, ...pending.resolved]
  const flaps = alerts.filter(alert => alert.flapping).map(flapKey)
  const known = flaps.reduce((state, key) => withFlap(state, key, true), state)
  if (held) return { ...flow, notification: undefined, state: holding(known, notification, alerts) }
  return {
    ...flow,
    state: withSent(receiver, known, now),
    thread: { ...thread, thread: notification.thread, serial: thread.serial + 1 }
  }
}

export function withSent(receiver: ReceiverRules, state: ReceiverState, now: Millis): ReceiverState {
  return { ...state, sent: [...recent(receiver, state, now), now] }
}

export function withFlap(state: ReceiverState, key: string, flaps: boolean): ReceiverState {
  if (flaps === state.flaps.includes(key)) return state
  const others = state.flaps.filter(known => known !== key)
  return { ...state, flaps: flaps ? [...others, key] : others }
}

function holding(
  state: ReceiverState,
  { severity, title }: { readonly severity: Severity; readonly title: string },
  alerts: readonly Alert[]
): ReceiverState {
  const { count, titles, alerts: known } = state.held[severity] ?? { count: 0, titles: [], alerts: [] }
  const ids = new Set(alerts.map(({ id }) => id))
  const held: HeldBack = {
    count: count + 1,
    titles: [...titles, title].slice(0, MAX_TITLES),
    alerts: [...known.filter(({ id }) => !ids.has(id)), ...alerts].slice(-MAX_ALERTS)
  }
  return { ...state, held: { ...state.held, [severity]: held } }
}

/** An alert that is resolved, which notifications that are held back may contain. */
export function withEndedAlert(state: ReceiverState, alert: Alert): ReceiverState {
  const held = state.held[alert.severity]
  if (!held?.alerts.some(({ id }) => id === alert.id)) return state
  const alerts = held.alerts.map(known => (known.id === alert.id ? alert : known))
  return { ...state, held: { ...state.held, [alert.severity]: { ...held, alerts } } }
}

/** What was held back and may be sent now, and the receiver without it; `undefined` for nothing. */
export function released(
  receiver: ReceiverRules,
  state: ReceiverState,
  now: Millis
): { readonly held: HeldBack; readonly state: ReceiverState } | undefined {
  const isReady = (severity: Severity): boolean => !isMuted(receiver, severity, now)
  const ready = SEVERITIES.filter(severity => state.held[severity] && isReady(severity))
  if (ready.length === 0 || isLimited(receiver, state, now)) return undefined
  const rest = SEVERITIES.filter(severity => state.held[severity] && !isReady(severity))
  const held = Object.fromEntries(rest.map(severity => [severity, state.held[severity]]))
  return { held: joined(ready.flatMap(severity => state.held[severity] ?? [])), state: { ...state, held } }
}

/** How much is held back from a receiver. */
export function heldBack({ held }: ReceiverState): Pick<HeldBack, 'count' | 'titles'> {
  const { count, titles } = joined(Object.values(held))
  return { count, titles }
}

function joined(all: readonly HeldBack[]): HeldBack {
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    titles: all.flatMap(({ titles }) => titles).slice(0, MAX_TITLES),
    alerts: all.flatMap(({ alerts }) => alerts)
  }
}
