import type { Millis } from '../../core/time.ts'
import { retryDelay } from '../../system/retry.ts'

/** Something that happens now and then; those who wait for it go on then. */
export class AsyncEvent {
  readonly #waiting = new Set<() => void>()
  #closed = false

  notify(): void {
    for (const done of this.#waiting) done()
  }

  /** Nobody waits any more. */
  close(): void {
    this.#closed = true
    this.notify()
  }

  /** Resolves when it happens next, or after `timeout`. */
  async wait(timeout?: Millis): Promise<void> {
    if (this.#closed) return
    await new Promise<void>(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = timeout === undefined ? undefined : setTimeout(done, timeout)
      this.#waiting.add(done)
    })
  }
}

/** How long a source lives: its loops, and what they wait for, end with it. */
export class Lifecycle {
  readonly #random: () => number
  readonly #events: AsyncEvent[] = []
  readonly #end = this.event()
  #ended = false

  /** `random`: at least 0 and less than 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  get ended(): boolean {
    return this.#ended
  }

  end(): void {
    this.#ended = true
    for (const event of this.#events) event.close()
  }

  /** An event that nobody waits for once this lifecycle has ended. */
  event(): AsyncEvent {
    const event = new AsyncEvent()
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
