/** How much later each reading is than the one before, in milliseconds: each is to be told from all others. */
const APART = 0.001

/**
 * The time of a scenario, which goes by at its own speed. Rules live in it no further than its lines are written and read: at
 * many times the speed, a short pause of the machine would be minutes in which no line comes. Milliseconds since 1970.
 */
export class ScenarioClock {
  readonly #start: number
  readonly #end: number
  readonly #speed: number
  #began: number | undefined
  #reached: number
  #last = -Infinity
  /** When each time was told to rules, by the clock on the wall. */
  readonly #told = new Map<number, number>()

  constructor(start: number, end: number, speed: number) {
    this.#start = start
    this.#end = end
    this.#speed = speed
    this.#reached = start
  }

  begin(): void {
    this.#began = performance.now()
  }

  /** The time up to which lines are due. */
  due(): number {
    return this.dueAt(performance.timeOrigin + performance.now())
  }

  /** All lines up to a time are written and read. */
  reach(time: number): void {
    this.#reached = Math.max(this.#reached, time)
  }

  /** The time that rules live in. */
  now(): number {
    this.#last = Math.max(this.#last + APART, Math.min(this.due(), this.#reached))
    this.#told.set(this.#last, performance.timeOrigin + performance.now())
    return this.#last
  }

  /** When rules were told a time, by the clock on the wall; `undefined` for one that they were not told. */
  wallAt(time: number): number | undefined {
    return this.#told.get(time)
  }

  /** Up to which time lines were due at a moment on the wall. */
  dueAt(wall: number): number {
    const passed = wall - performance.timeOrigin - (this.#began ?? Infinity)
    return Math.min(this.#end, this.#start + Math.max(0, passed) * this.#speed)
  }
}
