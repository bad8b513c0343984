import { DAY_MS, MINUTE_MS, SECOND_MS, type Millis } from '../../core/time.ts'
import type { DeliveryRecord, DeliveryResult, Notification, OutboxEntry, Remaining } from '../model.ts'

/** The longest wait before the first try again, and before any. */
const FIRST_WAIT: Millis = SECOND_MS
const MAX_WAIT: Millis = 5 * MINUTE_MS

/** For how long a notification is tried. */
const MAX_AGE: Millis = 3 * DAY_MS

/** Characters of what receivers answered that are kept. */
const MAX_TEXT_LENGTH = 1000

/** A try to send a notification of the outbox, on its way through the last stages. */
export interface Attempt {
  readonly outgoing: OutboxEntry
  readonly result: DeliveryResult
  /** When it ended, in milliseconds since 1970. */
  readonly now: Millis
  /** 0 to 1: draws how long to wait. */
  readonly random: number
  /** What is left to do; absent where it is over. */
  readonly left?: Remaining
  readonly record?: DeliveryRecord
}

/** Stage: those that may take a notification later are tried again, ever later, for three days. */
export function retry(attempt: Attempt): Attempt {
  const { outgoing, result, now, random } = attempt
  if (result.later.length === 0 || now - outgoing.notification.created >= MAX_AGE) return attempt
  return { ...attempt, left: { ...answered(attempt), due: now + waitAfter(outgoing.tries, random) } }
}

/** Stage: what the history keeps of a try. */
export function deliveryRecord(attempt: Attempt): Attempt {
  const { outgoing, result, now, left } = attempt
  const { notification, tries } = outgoing
  const { done, refused } = answered(attempt)
  const givenUp = result.later.length > 0 && !left
  const missed = refused.length > 0 || givenUp
  const record: DeliveryRecord = {
    notification: notification.id,
    receiver: notification.receiver,
    title: notification.title,
    at: now,
    try: tries + 1,
    state: left
      ? result.accepted.length > 0
        ? 'partly'
        : 'later'
      : endOf(done.length > 0, missed, result.unwanted !== undefined),
    summary: summaryOf(result, givenUp),
    ...(result.accepted.length > 0 && { latency: now - beganAt(notification) })
  }
  return { ...attempt, record }
}

/** Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", 2015). */
function waitAfter(tries: number, random: number): Millis {
  return Math.max(1, random * Math.min(MAX_WAIT, FIRST_WAIT * 2 ** tries))
}

/** Who has it now, and who will never take it. */
function answered({ outgoing, result }: Attempt): Pick<Remaining, 'done' | 'refused'> {
  return {
    done: [...new Set([...outgoing.done, ...result.accepted])],
    refused: [...new Set([...outgoing.refused, ...result.refused.map(({ to }) => to)])]
  }
}

function endOf(reached: boolean, missed: boolean, unwanted: boolean): DeliveryRecord['state'] {
  if (!reached) return unwanted && !missed ? 'unwanted' : 'failed'
  return missed ? 'partly' : 'sent'
}

function summaryOf({ accepted, refused, later, unwanted = [] }: DeliveryResult, givenUp: boolean): string {
  const texts = [
    ...(accepted.length > 0 ? [`accepted by ${accepted.join(', ')}`] : []),
    ...refused.map(({ to, why }) => `refused by ${to}: ${why}`),
    ...later.map(({ to, why }) => `${givenUp ? 'given up' : 'not yet taken'} by ${to}: ${why}`),
    ...(unwanted.length > 0
      ? [`${unwanted.join(', ')} ${unwanted.length === 1 ? 'has' : 'have'} unsubscribed`]
      : [])
  ]
  const text = texts.join('; ')
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text
}

/** When the alert of a notification fired: the one that made it, the last one. What is repeated has its own time. */
function beganAt(notification: Notification): Millis {
  if (notification.occasion !== 'fired') return notification.created
  const fired = notification.firing.flatMap(({ timestamps }) => timestamps?.fired ?? [])
  return fired.length > 0 ? Math.max(...fired) : notification.created
}
