import type { Tally } from '../core/rollup.ts'
import type { Micros } from '../core/time.ts'
import type { Windowing } from '../core/window.ts'

/** The cells of one key in order of time. A sum over any span of them costs two searches. */
export class Series {
  #starts: number[] = []
  /** Count and sum of each cell and all before it. */
  #counts: number[] = []
  #sums: number[] = []

  /** How many cells there are. */
  get cells(): number {
    return this.#starts.length
  }

  /** Start of the first and the last cell; NaN where there is none. */
  get first(): Micros {
    return this.#starts[0] ?? NaN
  }

  get last(): Micros {
    return this.#starts.at(-1) ?? NaN
  }

  /** Adds to the cell that begins at `start`. */
  add(start: Micros, count: number, sum: number): void {
    const at = this.#place(start)
    if (this.#starts[at] !== start) {
      this.#starts.splice(at, 0, start)
      this.#counts.splice(at, 0, this.#counts[at - 1] ?? 0)
      this.#sums.splice(at, 0, this.#sums[at - 1] ?? 0)
    }
    for (let i = at; i < this.#starts.length; i++) {
      this.#counts[i]! += count
      this.#sums[i]! += sum
    }
  }

  /** Count and sum of the cells that begin in [from, to). */
  tally(from: Micros, to: Micros): Tally {
    const [before, last] = [this.#place(from) - 1, this.#place(to) - 1]
    if (last <= before) return { count: 0, sum: 0 }
    return {
      count: this.#counts[last]! - (this.#counts[before] ?? 0),
      sum: this.#sums[last]! - (this.#sums[before] ?? 0)
    }
  }

  /** Forgets the cells that begin before `from`, and joins those that begin before `recent` as `windows` lays them out. */
  shorten(from: Micros, recent: Micros, windows: Windowing): void {
    const [first, end] = [this.#place(from), this.#place(Math.max(from, recent))]
    const all = this.#starts
    const joined = all.slice(first, end).some(start => windows(start).from !== start)
    if (first === 0 && !joined) return
    const [count, sum] = [this.#counts[first - 1] ?? 0, this.#sums[first - 1] ?? 0]
    const starts: number[] = []
    const counts: number[] = []
    const sums: number[] = []
    for (let i = first; i < all.length; i++) {
      const start = i < end ? windows(all[i]!).from : all[i]!
      const at = starts.at(-1) === start ? starts.length - 1 : starts.length
      starts[at] = start
      counts[at] = this.#counts[i]! - count
      sums[at] = this.#sums[i]! - sum
    }
    this.#starts = starts
    this.#counts = counts
    this.#sums = sums
  }

  /** The number of the first cell that begins at `time` or later. */
  #place(time: Micros): number {
    let [low, high] = [0, this.#starts.length]
    // Most of what comes belongs to the last cell, or to the one behind it.
    if (high > 0 && time > this.#starts[high - 1]!) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#starts[middle]! < time) low = middle + 1
      else high = middle
    }
    return low
  }
}
