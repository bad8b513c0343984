import { linesText } from '../lines-text.ts'
import type { KafkaSinkOptions } from './options.ts'
import { problemWith } from './problem.ts'

/** Knows whether lines have to wait for a broker, and tells people when that begins and when it is over. */
export class Outage {
  readonly #options: KafkaSinkOptions
  readonly #underWay = new Set<object>()
  /** What was under way when something failed last: nobody tells which of it has to be sent again. */
  #suspects = new Set<object>()
  #problem: string | undefined
  #told = false

  constructor(options: KafkaSinkOptions) {
    this.#options = options
  }

  began(batch: object): void {
    this.#underWay.add(batch)
  }

  failed(error: unknown): void {
    this.#problem = problemWith(error, this.#options)
    this.#suspects = new Set(this.#underWay)
  }

  ended(batch: object): void {
    this.#underWay.delete(batch)
    this.#suspects.delete(batch)
    if (this.#suspects.size === 0) this.#problem = undefined
  }

  /** What is new; `waiting` lines are taken and not acknowledged. */
  notices(waiting: number): readonly string[] {
    const lost = this.#problem !== undefined
    if (lost === this.#told) return []
    this.#told = lost
    return [
      this.#problem === undefined
        ? `kafka ${this.#options.brokers.join(',')} takes lines again`
        : `${this.#problem}; ${linesText(waiting)} wait`
    ]
  }
}
