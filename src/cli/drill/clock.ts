import type { Millis } from '../../core/time.ts'

/** How much later each reading is than the one before, so that no two are alike. */
const APART: Millis = 0.001

/**
 * The time of a scenario, which goes by at its own speed. Rules live in it no further than its lines are written and read: at
 * many times the speed, a short pause of the machine would be minutes in which no line comes.
 */
export class ScenarioClock {
  readonly #start: Millis
  readonly #end: Millis
  readonly #speed: number
  #began: Millis | undefined
  #reached: Millis
  #last: Millis = -Infinity
  /** When rules were given each time, by the clock on the wall. */
  readonly #given = new Map<Millis, Millis>()

  constructor(start: Millis, end: Millis, speed: number) {
    this.#start = start
    this.#end = end
    this.#speed = speed
    this.#reached = start
  }

  begin(): void {
    this.#began = performance.now()
  }

  /** The time up to which lines are due. */
  due(): Millis {
    return this.dueAt(performance.timeOrigin + performance.now())
  }

  /** All lines up to a time are written and read. */
  reach(time: Millis): void {
    this.#reached = Math.max(this.#reached, time)
  }

  /** The time that rules live in. */
  now(): Millis {
    this.#last = Math.max(this.#last + APART, Math.min(this.due(), this.#reached))
    this.#given.set(this.#last, performance.timeOrigin + performance.now())
    return this.#last
  }

  /** When rules were given a time, by the clock on the wall; `undefined` for one that they were not given. */
  wallAt(time: Millis): Millis | undefined {
    return this.#given.get(time)
  }

  /** Up to which time lines were due at a time on the wall. */
  dueAt(wall: Millis): Millis {
    const passed = wall - performance.timeOrigin - (this.#began ?? Infinity)
    return Math.min(this.#end, this.#start + Math.max(0, passed) * this.#speed)
  }
}
