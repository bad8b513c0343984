import { VisorError } from '../core/errors.ts'
import { HOUR_MS, SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import { stateDamage, statePath, type StateStore } from '../state/index.ts'
import { reasonOf } from '../system/reason.ts'

/** How often the state is looked through at most; the longer that takes, the more seldom. */
const MIN_CHECKING: Millis = 10 * SECOND_MS

/** How long a state that was mended is not mended again. */
const MENDING: Millis = HOUR_MS

/** Notices that a state is damaged while it is used, and goes on with what can be saved of it. */
export class StateGuard {
  /** That the state was damaged, and what was saved. */
  damage: string | undefined
  readonly #state: StateStore
  /** Where it is; `undefined` for one that is in memory alone. */
  readonly #folder: string | undefined
  readonly #clock: Clock
  /** Before when the state is neither looked through nor mended again, by `performance.now()`. */
  #nextCheck = 0
  #nextMend = -Infinity

  constructor(state: StateStore, folder: string | undefined, clock: Clock) {
    this.#state = state
    this.#folder = folder
    this.#clock = clock
  }

  /** Looks whether the file is damaged: what is in memory of it would hide that until the next start. Gives why it cannot be mended. */
  check(): string | undefined {
    const began = performance.now()
    const folder = this.#folder
    if (folder === undefined || began < this.#nextCheck) return undefined
    const found = whyNot(() => {
      const damage = stateDamage(statePath(folder))
      if (damage !== undefined) this.#mend(damage)
    })
    const took = performance.now() - began
    this.#nextCheck = began + Math.max(MIN_CHECKING, took * 1000)
    return found
  }

  /** Does something with the state; where that turns out to be damaged, once more with what could be saved of it. Gives why it could not. */
  try(work: () => void): string | undefined {
    try {
      work()
      return undefined
    } catch (error) {
      if (!(error instanceof VisorError && error.code === 'STATE_DAMAGED')) return reasonOf(error)
      return whyNot(() => {
        this.#mend(error.message)
        work()
      })
    }
  }

  /** Puts a damaged state aside and goes on with what can be read of it: not again and again, where the disk itself is broken. */
  #mend(damage: string): void {
    const now = performance.now()
    if (now < this.#nextMend) throw new VisorError('STATE_DAMAGED', damage)
    this.#nextMend = now + MENDING
    this.damage = `${damage}; ${this.#state.mend(this.#clock())}`
  }
}

/** Does something with the state; gives why where it could not: it may be out of reach for a while, with a full disk. */
export function whyNot(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}
