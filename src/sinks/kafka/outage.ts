import { counted } from '../../core/units.ts'
import { innermost, problemOf } from '../../kafka/problem.ts'
import type { KafkaSinkOptions } from './options.ts'

/** Knows whether lines have to wait for a broker, and reports when that begins and when it is over. */
export class Outage {
  readonly #options: KafkaSinkOptions
  readonly #underWay = new Set<object>()
  /** What was under way when something failed last: nobody knows which of it has to be sent again. */
  #suspects = new Set<object>()
  #problem: string | undefined
  #reported = false

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
  warnings(waiting: number): readonly string[] {
    const lost = this.#problem !== undefined
    if (lost === this.#reported) return []
    this.#reported = lost
    return [
      this.#problem === undefined
        ? `kafka ${this.#options.brokers.join(',')} takes lines again`
        : `${this.#problem}; ${counted(waiting, 'line')} wait`
    ]
  }
}

/** What is wrong: who does not answer and why, or what error a broker gives for a topic. */
export function problemWith(error: unknown, { brokers, topic }: KafkaSinkOptions): string {
  const inner = innermost(error)
  if (inner instanceof Error && inner.message.startsWith('Unknown topic'))
    return `kafka ${brokers.join(',')} has no topic ${topic}, and creates none`
  return problemOf(inner, brokers, `topic ${topic}`)
}
