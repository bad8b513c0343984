import type { EngineStatus } from '../core/progress.ts'
import { SECOND_MS, type Millis } from '../core/time.ts'
import type { WatchedEngine } from '../server/api-types.ts'
import { RATE_SECONDS } from './rates.ts'

/** An engine reports about once a second: after a longer silence nothing is known of the time in between. */
const SILENCE: Millis = 5 * SECOND_MS

/** The engine as it stands, and its last five minutes. */
export class LiveEngine {
  readonly #messages = new Gauge()
  readonly #bytes = new Gauge()
  readonly #batch = new Gauge()
  #status: EngineStatus | undefined

  report(status: EngineStatus, now: Millis): void {
    this.#status = status
    this.#messages.set(now, status.behind?.messages)
    this.#bytes.set(now, status.behind?.bytes)
    this.#batch.set(now, status.batch?.last)
  }

  /** `undefined` while it has reported nothing. */
  status(now: Millis): WatchedEngine | undefined {
    return (
      this.#status && {
        ...this.#status,
        history: {
          to: Math.floor(now / SECOND_MS) * SECOND_MS,
          messages: this.#messages.history(now),
          bytes: this.#bytes.history(now),
          batch: this.#batch.history(now)
        }
      }
    )
  }
}

/** A value by second of the clock, for the last five minutes: the last one that was reported in a second, or before it. */
class Gauge {
  readonly #values = Array.from<number | undefined>({ length: RATE_SECONDS })
  #second = -Infinity
  #reported: Millis = -Infinity

  /** `undefined` where it is not known. */
  set(now: Millis, value: number | undefined): void {
    this.#advance(now)
    this.#values[this.#second % RATE_SECONDS] = value
    this.#reported = now
  }

  /** The values of the whole seconds before `now`, oldest first; `null` where it was not known. */
  history(now: Millis): (number | null)[] {
    this.#advance(now)
    return Array.from(
      { length: RATE_SECONDS - 1 },
      (_, i) => this.#values[(this.#second + 1 + i) % RATE_SECONDS] ?? null
    )
  }

  #advance(now: Millis): void {
    const second = Math.max(this.#second, Math.floor(now / SECOND_MS))
    const known = this.#values[this.#second % RATE_SECONDS]
    for (let gone = Math.max(this.#second + 1, second - RATE_SECONDS + 1); gone <= second; gone++)
      this.#values[gone % RATE_SECONDS] = gone * SECOND_MS - this.#reported <= SILENCE ? known : undefined
    this.#second = second
  }
}
