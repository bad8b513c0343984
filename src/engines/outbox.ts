import type { Delivery, DeliverySink } from '../core/delivery.ts'

/** How many lines and new texts may wait for their commit before reading waits too: about a second's work. */
const MAX_OUTSTANDING = 150_000

/** Passes deliveries on to the store and holds reading back while too much is not committed yet. */
export class Outbox {
  readonly #sink: DeliverySink
  readonly #waiting = new Set<Promise<void>>()
  #last = Promise.resolve()
  readonly #failed = new AbortController()
  #weight = 0

  constructor(sink: DeliverySink) {
    this.#sink = sink
  }

  /** Aborts, with the reason, as soon as a delivery could not be stored: nothing more is to be read. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /**
   * Resolves as soon as there is room for the next one; rejects when an earlier one could not be stored. `durable` is
   * called once this one and all before it are.
   */
  async send(delivery: Delivery, durable: () => void = () => {}): Promise<void> {
    // Weighed first: the sink takes the delivery's memory over.
    const weight = weightOf(delivery)
    this.#weight += weight
    const written = this.#written(delivery, this.#last, durable)
      .catch((error: unknown) => this.#failed.abort(error))
      .finally(() => {
        this.#weight -= weight
        this.#waiting.delete(written)
      })
    this.#last = written
    this.#waiting.add(written)
    while (this.#weight >= MAX_OUTSTANDING) await Promise.race(this.#waiting)
    this.#failed.signal.throwIfAborted()
  }

  /** Resolves when all that was sent is committed. */
  async drained(): Promise<void> {
    await Promise.all(this.#waiting)
    this.#failed.signal.throwIfAborted()
  }

  async #written(delivery: Delivery, before: Promise<void>, durable: () => void): Promise<void> {
    await Promise.all([this.#sink.write(delivery), before])
    if (!this.#failed.signal.aborted) durable()
  }
}

/** So many bytes of text cost as much as a line. */
const BYTES_AS_A_LINE = 1024

/** What a delivery costs to store: its lines, and the texts not seen before, which cost as much as a line each. */
function weightOf({ events, rejected }: Delivery): number {
  let weight = rejected.length
  let bytes = 0
  for (const line of rejected) bytes += line.bytes.length
  for (const { rows, texts, kept } of events) {
    weight += rows
    for (const line of kept.values()) bytes += line.length
    for (const text of texts.values()) {
      weight += text.ends.length
      bytes += text.bytes.length
    }
  }
  return weight + bytes / BYTES_AS_A_LINE
}
