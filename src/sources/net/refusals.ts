import type { Problem } from '../../core/source.ts'
import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'

/** How long something that was lost is shown as a problem. */
const LOSS_SHOWN: Millis = 10 * SECOND_MS

/** What was turned away, by its reason: counted for good, and what is lost by it shown as a problem for a while. */
export class Refusals {
  readonly #clock: Clock
  readonly #counts = new Map<string, number>()
  /** When a loss came last, by its message. */
  readonly #losses = new Map<string, Millis>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `loss` is the message where somebody should do something about it. */
  add(reason: string, loss?: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    if (loss !== undefined) this.#losses.set(loss, this.#clock())
  }

  problems(name: string): Problem[] {
    const since = this.#clock() - LOSS_SHOWN
    return [...this.#losses].filter(([, at]) => at > since).map(([message]) => ({ name, message }))
  }

  /** `, 12 refused (too many)`; empty while there was nothing. */
  text(): string {
    return Array.from(this.#counts, ([reason, count]) => `, ${formatCount(count)} ${reason}`).join('')
  }
}
