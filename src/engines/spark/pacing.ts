import type { Millis } from '../../core/time.ts'

const MIB = 1 << 20

/** What one batch may hold at the beginning, before it is known how quick the cluster is, and at the least. */
const FIRST_BYTES = 4 * MIB
const LEAST_BYTES = MIB

/** A batch of so few takes no longer than any takes. */
const SMALL_BYTES = 2 * LEAST_BYTES

/** How much larger than the one before a batch may be. */
const GROWTH = 4

/** How much of what a batch costs besides its lines is by the last small one. */
const NEWEST = 0.3

export interface PacingOptions {
  /** From the beginning of one batch to that of the next, where that leaves little waiting. */
  readonly interval: Millis
  /** What the lines of a large batch are to take, besides what any batch takes. */
  readonly longest: Millis
  /** The most bytes of a batch. */
  readonly maxBytes: number
}

/**
 * How large batches are and when they begin. While little waits, a batch is all that waits, at most one an `interval`. When more
 * waits than fits, batches grow until their lines take `longest`: what each costs besides then counts little. Small batches
 * show how much that is: on a busy cluster it may be more than `longest`, and smaller batches would only bring less.
 */
export class Pacing {
  readonly #options: PacingOptions
  #bytes: number
  #began: Millis = -Infinity
  #behind = false
  /** What a batch costs besides its lines; `undefined` before a small one. */
  #fixed: Millis | undefined

  constructor(options: PacingOptions) {
    this.#options = options
    this.#bytes = Math.min(FIRST_BYTES, options.maxBytes)
  }

  /** How many bytes the next batch may hold. */
  get bytes(): number {
    return this.#bytes
  }

  /** Not before then the next batch begins. */
  get next(): Millis {
    return this.#behind ? -Infinity : this.#began + this.#options.interval
  }

  /** A batch of so many bytes, which began then, has taken so long; `behind`: more waited than it could hold. */
  took(began: Millis, bytes: number, duration: Millis, behind: boolean): void {
    this.#began = began
    this.#behind = behind
    if (bytes <= SMALL_BYTES) this.#fixed = mixed(this.#fixed ?? duration, duration)
    const lines = Math.max(1, duration - (this.#fixed ?? 0))
    if (!behind && lines <= this.#options.longest) return
    const fitting = (this.#bytes * this.#options.longest) / lines
    const most = Math.min(this.#options.maxBytes, GROWTH * this.#bytes)
    // What is small took long for other reasons than its size: a cluster that begins, or that others use.
    const least = Math.min(this.#bytes, Math.max(LEAST_BYTES, bytes / GROWTH))
    this.#bytes = Math.max(least, Math.min(most, fitting))
  }
}

function mixed(before: Millis, now: Millis): Millis {
  return (1 - NEWEST) * before + NEWEST * now
}

/**
 * Shares out `bytes` among those who want so many each: all get what they want where there is enough, else in proportion, but
 * never less than `least` of what they want.
 */
export function shares(wanted: readonly number[], bytes: number, least: number): number[] {
  const total = wanted.reduce((sum, want) => sum + want, 0)
  if (total <= bytes) return [...wanted]
  return wanted.map(want => Math.min(want, Math.max(least, Math.floor((want * bytes) / total))))
}
