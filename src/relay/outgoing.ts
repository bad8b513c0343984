import type { LineBatch, Sink } from '../core/sink.ts'

/** Lines on their way through a sink that several sources share: each knows when its own are out. */
export class Outgoing {
  readonly #sink: Sink
  readonly #waiting: { readonly until: number; readonly out: () => void }[] = []
  #turn: Promise<unknown> = Promise.resolve()
  #taken = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /**
   * Hands lines to the sink when it is their turn; resolves when there is room for more, and calls `out` once they
   * are out for certain.
   * @throws what the sink could not do
   */
  async send(lines: LineBatch, out: () => void): Promise<void> {
    const sent = this.#turn.then(async () => {
      await this.#sink.write(lines)
      this.#taken += lines.count
      this.#waiting.push({ until: this.#taken, out })
      this.settle()
    })
    // Who comes next is not to fail for this one.
    this.#turn = sent.catch(() => {})
    return sent
  }

  /** Tells of all lines that are out by now. */
  settle(): void {
    const { written } = this.#sink
    for (let next = this.#waiting[0]; next && next.until <= written; next = this.#waiting[0]) {
      this.#waiting.shift()
      next.out()
    }
  }
}
