import type { Notification } from '../../alerts/model.ts'
import type { Notifier, DeliveryResult } from '../../notifiers/kind.ts'

/** One call of a receiver, which the test answers. */
export interface Call {
  readonly notification: Notification
  readonly done: readonly string[]
  readonly signal: AbortSignal
  readonly answer: (sent: Partial<DeliveryResult>) => void
  readonly fail: (error: Error) => void
}

/** A notifier whose answers the test gives: by hand, or all alike. */
export class TestReceiver implements Notifier {
  readonly target = 'test'
  /** All calls, the newest last. */
  readonly calls: Call[] = []
  readonly #answer: ((call: Call) => void) | undefined

  constructor(answer?: (call: Call) => void) {
    this.#answer = answer
  }

  get ids(): string[] {
    return this.calls.map(({ notification }) => notification.id)
  }

  send(notification: Notification, done: readonly string[], signal: AbortSignal): Promise<DeliveryResult> {
    const { promise, resolve, reject } = Promise.withResolvers<DeliveryResult>()
    const answer = (sent: Partial<DeliveryResult>): void =>
      resolve({ accepted: [], refused: [], later: [], ...sent })
    const call = { notification, done, signal, answer, fail: reject }
    this.calls.push(call)
    this.#answer?.(call)
    return promise
  }

  async close(): Promise<void> {}
}

/** Takes all. */
export const takes = (call: Call): void => call.answer({ accepted: ['test'] })
