import type { Problem } from '../../core/source.ts'

/** How long something that was lost is told as a problem, in milliseconds. */
const TOLD = 10_000

/** What was turned away, by its reason: counted for good, and what is lost by it told as a problem for a while. */
export class Refusals {
  readonly #clock: () => number
  readonly #counts = new Map<string, number>()
  /** When a loss came last, by what is said of it. */
  readonly #losses = new Map<string, number>()

  /** Milliseconds since 1970. */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** `loss` says what is wrong where somebody should do something about it. */
  add(reason: string, loss?: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    if (loss !== undefined) this.#losses.set(loss, this.#clock())
  }

  problems(name: string): Problem[] {
    const since = this.#clock() - TOLD
    return [...this.#losses].filter(([, at]) => at > since).map(([message]) => ({ name, message }))
  }

  /** `, 12 refused (too many)`; empty while there was nothing. */
  text(): string {
    return Array.from(this.#counts, ([reason, count]) => `, ${count.toLocaleString('en')} ${reason}`).join('')
  }
}
