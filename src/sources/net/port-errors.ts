import type { Problem } from '../../core/source.ts'
import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import { listenReasonOf } from '../../system/socket.ts'

/** How often it is tried again to listen on a port that could not be had. */
const RETRY_INTERVAL: Millis = SECOND_MS

/** How long something that was lost is shown as a problem. */
const LOSS_SHOWN: Millis = 10 * SECOND_MS

/**
 * What goes wrong at a port. What was turned away is counted for good by its reason, and what is lost by it is shown as a
 * problem for a while; that it cannot be listened on is shown as long as it lasts.
 */
export class PortErrors {
  readonly #clock: Clock
  readonly #counts = new Map<string, number>()
  /** When a loss came last, by its message. */
  readonly #losses = new Map<string, Millis>()
  #problem: string | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The port cannot be listened on; `again` tries it in a while. */
  failed(error: Error, again: () => void): void {
    this.#problem = `cannot listen: ${listenReasonOf(error)}; it is tried again`
    this.#retry = setTimeout(again, RETRY_INTERVAL)
  }

  /** The port is listened on. */
  listening(): void {
    this.#problem = undefined
  }

  /** Nothing is tried again. */
  stop(): void {
    clearTimeout(this.#retry)
  }

  /** Something was turned away; `loss` is the message where somebody should do something about it. */
  refused(reason: string, loss?: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    if (loss !== undefined) this.#losses.set(loss, this.#clock())
  }

  /** How often something was turned away, by its reason. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  problems(name: string): Problem[] {
    const since = this.#clock() - LOSS_SHOWN
    const losses = [...this.#losses].filter(([, at]) => at > since).map(([message]) => message)
    return [this.#problem ?? [], losses].flat().map(message => ({ name, message }))
  }

  /** `, 12 refused (too many)`; empty while there was nothing. */
  text(): string {
    return Array.from(this.#counts, ([reason, count]) => `, ${formatCount(count)} ${reason}`).join('')
  }
}
