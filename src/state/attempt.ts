import type { OutboxEntry } from '../alerts/model.ts'
import type { Millis } from '../core/time.ts'
import { Refused, type Notifier, type DeliveryResult } from '../notifiers/kind.ts'
import { withTimeout } from '../system/abort.ts'
import { reasonOf } from '../system/reason.ts'

/**
 * Sends a notification once, at once. Never rejects: what went wrong is part of the answer. One that does not answer within
 * `patience`, or until `stop` aborts, is left alone.
 */
export async function attempt(
  notifier: Notifier,
  { notification, done, refused }: OutboxEntry,
  patience: Millis,
  stop: AbortSignal
): Promise<DeliveryResult> {
  try {
    return await withTimeout(patience, stop, signal =>
      notifier.send(notification, [...done, ...refused], signal)
    )
  } catch (error) {
    const answer = [{ to: notifier.target, why: reasonOf(error) }]
    return error instanceof Refused
      ? { accepted: [], refused: answer, later: [] }
      : { accepted: [], refused: [], later: answer }
  }
}
