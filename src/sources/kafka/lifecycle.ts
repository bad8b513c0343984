import type { Millis } from '../../core/time.ts'
import { retryDelay } from '../../system/retry.ts'

/** Something that happens now and then; those who wait for it go on then. */
export class AsyncEvent {
  readonly #waiting = new Set<() => void>()
  readonly #lifecycle: Pick<Lifecycle, 'ended'>

  /** Nobody waits any more once `lifecycle` has ended. */
  constructor(lifecycle: Pick<Lifecycle, 'ended'>) {
    this.#lifecycle = lifecycle
  }

  notify(): void {
    for (const done of this.#waiting) done()
  }

  /** Resolves when it happens next, or after `timeout`. */
  async wait(timeout?: Millis): Promise<void> {
    if (this.#lifecycle.ended) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = timeout === undefined ? undefined : setTimeout(resolve, timeout)
    this.#waiting.add(resolve)
    await promise
    clearTimeout(timer)
    this.#waiting.delete(resolve)
  }
}

/** How long a source lives: its loops, and what they wait for, end with it. */
export class Lifecycle {
  ended = false
  readonly #random: () => number
  readonly #events: AsyncEvent[] = []
  readonly #end = this.event()

  /** `random`: at least 0 and less than 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  end(): void {
    this.ended = true
    for (const event of this.#events) event.notify()
  }

  /** An event that nobody waits for once this lifecycle has ended. */
  event(): AsyncEvent {
    const event = new AsyncEvent(this)
    this.#events.push(event)
    return event
  }

  async sleep(duration: Millis): Promise<void> {
    await this.#end.wait(duration)
  }

  /** Waits before retry number `retry` (from 0 on), ever longer. */
  async backOff(retry: number): Promise<void> {
    await this.sleep(retryDelay(retry, this.#random))
  }
}
