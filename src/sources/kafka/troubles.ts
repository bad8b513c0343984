import type { Problem } from '../../core/source.ts'
import type { Life } from './life.ts'

/** How long something that has happened is told, in milliseconds. */
const TOLD = 60_000
/** How many of those are told at the most. */
const MOST = 20

/** What is wrong at the moment, and what has gone wrong lately, by what it is wrong with. */
export class Troubles {
  readonly #kafka: string
  readonly #clock: () => number
  readonly #life: Life
  readonly #lasting = new Map<string, string>()
  readonly #past: (Problem & { readonly at: number })[] = []

  /** Milliseconds since 1970. What goes wrong because the source's life ends is no trouble. */
  constructor(brokers: readonly string[], clock: () => number, life: Life) {
    this.#kafka = `kafka ${brokers.join(',')}`
    this.#clock = clock
    this.#life = life
  }

  /** `what`: a topic, a group; empty for the brokers. Nothing is wrong with it any more when the message is `undefined`. */
  set(what: string, message: string | undefined): void {
    const name = this.#nameOf(what)
    if (message === undefined || this.#life.over) this.#lasting.delete(name)
    else this.#lasting.set(name, `${message}; it is tried again`)
  }

  /** Something has happened that is over. */
  tell(what: string, message: string): void {
    this.#past.push({ name: this.#nameOf(what), message, at: this.#clock() })
  }

  get all(): Problem[] {
    const since = this.#clock() - TOLD
    while (this.#past[0] && (this.#past[0].at < since || this.#past.length > MOST)) this.#past.shift()
    return [
      ...this.#past.map(({ name, message }) => ({ name, message })),
      ...Array.from(this.#lasting, ([name, message]) => ({ name, message }))
    ]
  }

  #nameOf(what: string): string {
    return what === '' ? this.#kafka : `${this.#kafka}, ${what}`
  }
}
