import { SECOND_MS, type Millis } from '../core/time.ts'

/** How many seconds back rates are kept. */
export const RATE_SECONDS = 300

/** Counts by second of the clock, for the last five minutes. */
export class Rates {
  readonly #counts = new Float64Array(RATE_SECONDS)
  #second = 0

  /** Adds to the second that holds `now`. */
  add(now: Millis, count: number): void {
    this.#advance(now)
    this.#counts[this.#second % RATE_SECONDS]! += count
  }

  /** The counts of the whole seconds before `now`, oldest first. */
  history(now: Millis): number[] {
    this.#advance(now)
    return Array.from(
      { length: RATE_SECONDS - 1 },
      (_, i) => this.#counts[(this.#second + 1 + i) % RATE_SECONDS]!
    )
  }

  /** Counts a second, on average over the last `seconds` whole ones. */
  perSecond(now: Millis, seconds = 5): number {
    const last = this.history(now).slice(-seconds)
    return last.reduce((sum, count) => sum + count, 0) / seconds
  }

  #advance(now: Millis): void {
    const second = Math.floor(now / SECOND_MS)
    for (let gone = Math.max(this.#second, second - RATE_SECONDS) + 1; gone <= second; gone++)
      this.#counts[gone % RATE_SECONDS] = 0
    this.#second = Math.max(this.#second, second)
  }
}
