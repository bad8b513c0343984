import type { Position } from '../core/source.ts'
import { HOUR, type Micros } from '../core/time.ts'

/** A line's time may lie this far ahead of the clock and still move the watermark: clocks differ. */
export const MAX_AHEAD: Micros = HOUR

/**
 * How far event time has come in one stream: a window that ends at or before the watermark is closed, and a line that
 * falls into it is late. Depends on the order of the lines alone, not on how they were cut into batches.
 */
export class Watermark {
  readonly #size: Micros
  readonly #lateness: Micros
  /** No line before this is on time. */
  #closed: Micros
  #latest: Micros

  /**
   * `size` is the length of a window, `lateness` how long a window waits for lines after its end; it goes on where an
   * earlier one had come to.
   */
  constructor(size: Micros, lateness: Micros, { closed = -Infinity, latest = -Infinity } = {}) {
    this.#size = size
    this.#lateness = lateness
    this.#closed = closed
    this.#latest = latest
  }

  /** Windows that end at or before this are closed. */
  get closed(): Micros {
    return this.#closed
  }

  /** The latest time seen, -Infinity before the first line. */
  get latest(): Micros {
    return this.#latest
  }

  /** Takes the times of some lines, in order; returns how many of them were late. One far in the future moves nothing. */
  observe(times: Float64Array, rows: number, now: Micros): number {
    const horizon = now + MAX_AHEAD
    let late = 0
    for (let i = 0; i < rows; i++) {
      const time = times[i]!
      if (time < this.#closed && (Math.floor(time / this.#size) + 1) * this.#size <= this.#closed) late++
      else if (time > this.#latest && time <= horizon) {
        this.#latest = time
        this.#closed = Math.max(this.#closed, time - this.#lateness)
      }
    }
    return late
  }

  /** A stream with nothing to read lets the clock close its windows. */
  idle(now: Micros): void {
    this.#closed = Math.max(this.#closed, now - this.#lateness)
  }
}

/** Where the watermark stood at a position. */
export function watermarkAt({ closed, latest }: Partial<Position> = {}): { closed: Micros; latest: Micros } {
  return {
    closed: typeof closed === 'number' ? closed : -Infinity,
    latest: typeof latest === 'number' ? latest : -Infinity
  }
}
