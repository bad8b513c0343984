import type { Delivery, DeliverySink } from '../../core/delivery.ts'

/** How many lines and new texts may wait for their commit before reading waits too: about a second's work. */
const OUTSTANDING = 150_000

/** Passes deliveries on to the store and holds reading back while too much is not committed yet. */
export class Outbox {
  readonly #sink: DeliverySink
  readonly #waiting = new Set<Promise<void>>()
  #weight = 0
  #failure: unknown

  constructor(sink: DeliverySink) {
    this.#sink = sink
  }

  /** Resolves as soon as there is room for the next one; rejects when an earlier one could not be stored. */
  async send(delivery: Delivery): Promise<void> {
    // Weighed first: the sink takes the delivery's memory over.
    const weight = weightOf(delivery)
    this.#weight += weight
    const written: Promise<void> = this.#sink
      .write(delivery)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#weight -= weight
        this.#waiting.delete(written)
      })
    this.#waiting.add(written)
    while (this.#weight >= OUTSTANDING) await Promise.race(this.#waiting)
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

/** What a delivery costs to store: its lines, and the texts not seen before, which cost as much as a line each. */
function weightOf({ events, rejected }: Delivery): number {
  let weight = rejected.length
  for (const { rows, texts } of events) {
    weight += rows
    for (const { ends } of texts.values()) weight += ends.length
  }
  return weight
}
