import type { Notification } from '../alerts/model.ts'
import type { DeliveryResult } from '../notifiers/kind.ts'
import type { DeliveryRecord, Outgoing, Remaining } from './types.ts'

/** The longest wait before the first try again, and before any, in milliseconds. */
const FIRST = 1000
const LONGEST = 300_000

/** For how long a notification is tried, in milliseconds. */
const GIVES_UP = 3 * 86_400_000

/** Characters of what was said that are kept. */
const LONGEST_TEXT = 1000

/** What came of a try: what the history keeps, and what is left to do. */
export interface Outcome {
  readonly record: DeliveryRecord
  readonly left?: Remaining
}

/** What came of a try that ended at `now` (milliseconds since 1970); `random` (0 to 1) draws how long to wait. */
export function outcomeOf(outgoing: Outgoing, answer: DeliveryResult, now: number, random: number): Outcome {
  const { notification, tries } = outgoing
  const done = joined(outgoing.done, answer.accepted)
  const refused = joined(
    outgoing.refused,
    answer.refused.map(({ to }) => to)
  )
  const givenUp = answer.later.length > 0 && now - notification.created >= GIVES_UP
  const over = answer.later.length === 0 || givenUp
  const record: DeliveryRecord = {
    notification: notification.id,
    receiver: notification.receiver,
    title: notification.title,
    at: now,
    try: tries + 1,
    state: over ? endOf(done.length > 0, refused.length > 0 || givenUp) : stateOf(answer),
    says: saysOf(answer, givenUp),
    ...(answer.accepted.length > 0 && { latency: now - beganAt(notification) })
  }
  return over ? { record } : { record, left: { done, refused, due: now + waitAfter(tries, random) } }
}

/** Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", 2015), in milliseconds. */
export function waitAfter(tries: number, random: number): number {
  return Math.max(1, random * Math.min(LONGEST, FIRST * 2 ** tries))
}

function joined(before: readonly string[], now: readonly string[]): string[] {
  return [...new Set([...before, ...now])]
}

function stateOf({ accepted }: DeliveryResult): DeliveryRecord['state'] {
  return accepted.length > 0 ? 'partly' : 'later'
}

function endOf(reached: boolean, missed: boolean): DeliveryRecord['state'] {
  if (!reached) return 'failed'
  return missed ? 'partly' : 'sent'
}

function saysOf({ accepted, refused, later }: DeliveryResult, givenUp: boolean): string {
  const texts = [
    ...(accepted.length > 0 ? [`accepted by ${accepted.join(', ')}`] : []),
    ...refused.map(({ to, why }) => `refused by ${to}: ${why}`),
    ...later.map(({ to, why }) => `${givenUp ? 'given up' : 'not yet taken'} by ${to}: ${why}`)
  ]
  const text = texts.join('; ')
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
}

/** When what a notification tells of fired: of the alert that made it, the last one. What is told again has its own time. */
function beganAt({ occasion, firing, created }: Notification): number {
  const fired = occasion === 'fired' ? firing.flatMap(({ moments }) => moments?.fired ?? []) : []
  return fired.length > 0 ? Math.max(...fired) : created
}
