import type { Notification } from '../alerts/model.ts'
import type { Notifier, DeliveryResult } from './kind.ts'

/** Nothing was left to do. */
export const NOTHING: DeliveryResult = { accepted: [], refused: [], later: [] }

/**
 * A notifier that tells one party, known to the outbox by the kind's `name`. `tell` rejects where it could not be told; it gets
 * a signal that has not aborted.
 */
export function sole(
  name: string,
  target: string,
  tell: (notification: Notification, signal: AbortSignal) => Promise<void>,
  close: () => void = () => {}
): Notifier {
  return {
    target,
    async send(notification, done, signal) {
      if (done.length > 0) return NOTHING
      signal.throwIfAborted()
      await tell(notification, signal)
      return { ...NOTHING, accepted: [name] }
    },
    async close() {
      close()
    }
  }
}
