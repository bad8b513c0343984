import type { Delivery, DeliverySink } from '../../core/delivery.ts'

/** How many deliveries may wait for their commit before reading waits too. */
const OUTSTANDING = 8

/** Passes deliveries on to the store and holds reading back while too many are not committed yet. */
export class Outbox {
  readonly #sink: DeliverySink
  readonly #waiting = new Set<Promise<void>>()
  #failure: unknown

  constructor(sink: DeliverySink) {
    this.#sink = sink
  }

  /** Resolves as soon as there is room for the next one; rejects when an earlier one could not be stored. */
  async send(delivery: Delivery): Promise<void> {
    const written: Promise<void> = this.#sink
      .write(delivery)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#waiting.delete(written))
    this.#waiting.add(written)
    if (this.#waiting.size >= OUTSTANDING) await Promise.race(this.#waiting)
    this.#check()
  }

  /** Resolves when all that was sent is committed. */
  async drained(): Promise<void> {
    await Promise.all(this.#waiting)
    this.#check()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
