import type { OutboxEntry } from '../alerts/model.ts'
import { formatDuration } from '../core/duration.ts'
import { Refused, type Notifier, type DeliveryResult } from '../notifiers/kind.ts'
import { reasonOf } from '../system/reason.ts'

/**
 * Sends a notification once, at once. Never rejects: what went wrong is part of the answer. One that does not answer within
 * `patience` milliseconds, or until `stop` aborts, is left alone.
 */
export async function attempt(
  notifier: Notifier,
  { notification, done, refused }: OutboxEntry,
  patience: number,
  stop: AbortSignal
): Promise<DeliveryResult> {
  const leave = new AbortController()
  const { promise: left, reject } = Promise.withResolvers<never>()
  const stopped = (): void => leave.abort(stop.reason)
  const timer = setTimeout(
    () => leave.abort(new Error(`no answer within ${formatDuration(patience)}`)),
    patience
  )
  leave.signal.addEventListener('abort', () => reject(leave.signal.reason))
  stop.addEventListener('abort', stopped)
  try {
    return await Promise.race([notifier.send(notification, [...done, ...refused], leave.signal), left])
  } catch (error) {
    const answer = [{ to: notifier.target, why: reasonOf(error) }]
    return error instanceof Refused
      ? { accepted: [], refused: answer, later: [] }
      : { accepted: [], refused: [], later: answer }
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', stopped)
  }
}
