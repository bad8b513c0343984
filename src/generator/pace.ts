import { MILLISECOND, SECOND, type Micros } from '../core/time.ts'

/** Time is dealt with in cells of this length: within one, lines are spread evenly. */
export const CELL: Micros = 10 * MILLISECOND

/** Beneath this a line is due: what rounding may have taken from the sum of many small shares. */
const ROUNDING = 1e-9

/**
 * How many lines are due in each cell of time, one cell after the other: the integral of the rate, so that the count is exact
 * over time (to one line), whatever the rate.
 */
export class Pace {
  #rest = 0
  #before = 0
  #share = 0

  /** How many lines are due in the next cell, at `rate` lines a second in its middle. */
  due(rate: number): number {
    this.#before = this.#rest
    this.#share = (rate * CELL) / SECOND
    const sum = this.#before + this.#share
    const lines = Math.floor(sum + ROUNDING)
    this.#rest = Math.max(0, sum - lines)
    return lines
  }

  /** When the line `i` (0 and up) of that cell is due, from the cell's beginning on: whole, and less than CELL. */
  at(i: number): Micros {
    const share = (i + 1 - this.#before) / this.#share
    return Math.min(CELL - 1, Math.max(0, Math.floor(share * CELL)))
  }
}
