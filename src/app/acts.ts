import type { Act, ActOf } from '../core/act.ts'
import type { Caller } from '../core/caller.ts'
import { SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import type { ActRecords } from '../state/types.ts'

/** How often what was refused is written down, and how much of it that is unlike each other: anybody may try anything. */
const FLUSH: Millis = SECOND_MS
const MOST = 100

/** Writes down what people do. Where that fails, as on a full disk, what they do counts all the same. */
export class Acts {
  readonly #records: ActRecords
  readonly #clock: Clock
  readonly #refused = new Map<string, Act>()
  #timer: NodeJS.Timeout | undefined

  constructor(records: ActRecords, clock: Clock) {
    this.#records = records
    this.#clock = clock
  }

  /** Never throws. */
  record({ name, role, from, by }: Caller, { result = 'done', ...given }: ActOf): void {
    const act = { at: this.#clock(), name, role, from, by, result, ...given }
    if (result === 'refused') this.#gather(act)
    else this.#write(act)
  }

  /** Somebody whom nobody knows was refused. */
  refuse(from: string, given: Omit<ActOf, 'result'>): void {
    this.#gather({ at: this.#clock(), name: '', from, result: 'refused', ...given })
  }

  /** The newest first. */
  list(limit: number): Act[] {
    return this.#records.acts({ limit })
  }

  close(): void {
    this.#flush()
  }

  #gather(act: Act): void {
    const { what, name, from, about, why } = act
    const key = JSON.stringify([what, name, from, about, why])
    const before = this.#refused.get(key)
    const isRoom = before !== undefined || this.#refused.size < MOST
    const rest = { ...act, name: '', about: 'and others', from: 'many addresses' }
    const [place, kept] = isRoom ? [key, act] : ['rest', rest]
    this.#refused.set(place, { ...kept, times: (this.#refused.get(place)?.times ?? 0) + 1 })
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH).unref()
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const act of this.#refused.values()) this.#write(act)
    this.#refused.clear()
  }

  #write(act: Act): void {
    try {
      this.#records.addAct(act)
    } catch {
      // The page and the rule `state-problem` tell of a state that cannot be written.
    }
  }
}
