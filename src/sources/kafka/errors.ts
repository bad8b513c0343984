import type { Problem } from '../../core/source.ts'
import { MINUTE_MS, type Clock, type Millis } from '../../core/time.ts'
import type { Lifecycle } from './lifecycle.ts'

/** How long, and how many of, the errors that are over are shown. */
const MAX_AGE: Millis = MINUTE_MS
const MAX_PAST_ERRORS = 20

/** What is wrong at the moment, and what went wrong lately, by what it is wrong with. */
export class KafkaErrors {
  readonly #kafka: string
  readonly #clock: Clock
  readonly #lifecycle: Lifecycle
  readonly #lasting = new Map<string, string>()
  readonly #past: (Problem & { readonly at: Millis })[] = []

  /** What goes wrong because the lifecycle has ended is no error. */
  constructor(brokers: readonly string[], clock: Clock, lifecycle: Lifecycle) {
    this.#kafka = `kafka ${brokers.join(',')}`
    this.#clock = clock
    this.#lifecycle = lifecycle
  }

  /** `what`: a topic, a group; empty for the brokers. Nothing is wrong with it any more when the message is `undefined`. */
  set(what: string, message: string | undefined): void {
    const name = this.#nameOf(what)
    if (message === undefined || this.#lifecycle.ended) this.#lasting.delete(name)
    else this.#lasting.set(name, `${message}; it is tried again`)
  }

  /** Something has happened that is over. */
  add(what: string, message: string): void {
    this.#past.push({ name: this.#nameOf(what), message, at: this.#clock() })
  }

  get all(): Problem[] {
    const since = this.#clock() - MAX_AGE
    while (this.#past[0] && (this.#past[0].at < since || this.#past.length > MAX_PAST_ERRORS))
      this.#past.shift()
    return [
      ...this.#past.map(({ name, message }) => ({ name, message })),
      ...Array.from(this.#lasting, ([name, message]) => ({ name, message }))
    ]
  }

  #nameOf(what: string): string {
    return what === '' ? this.#kafka : `${this.#kafka}, ${what}`
  }
}
