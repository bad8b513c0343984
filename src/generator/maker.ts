import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import type { LineBatch } from '../core/sink.ts'
import type { Micros } from '../core/time.ts'
import type { Draft, Traffic } from './draft.ts'
import { PrintedLog } from './printed.ts'

export interface MakerOptions {
  readonly traffic: Traffic
  /** How the lines of each look, and whether they are sent one by one. */
  readonly logs: readonly { readonly kind: Kind; readonly format: Format; readonly framed: boolean }[]
  /** How many lines the first log gets at most. */
  readonly limit: number
  /** Minutes east of UTC that a time is written with. */
  readonly zone: (time: Micros) => number
  /** Is given each line, in the order of each log. */
  readonly truth?: { add(draft: Draft): void }
}

/** Takes lines from a traffic up to a limit, and prints them. */
export class LineMaker {
  readonly #options: MakerOptions
  readonly #printed: ReadonlyMap<Kind, PrintedLog>
  readonly #first: Kind | undefined
  #counted = 0
  /** Whether the first log has as many lines as it should; no more are made then. */
  full = false

  constructor(options: MakerOptions) {
    const { traffic, logs, zone } = options
    this.#options = options
    this.#first = logs[0]?.kind
    this.#printed = new Map(
      logs.map(({ kind, format, framed }) => [
        kind,
        new PrintedLog(format, traffic.roles[kind], zone, framed)
      ])
    )
  }

  /** The lines up to a time, from where the call before ended; they stay until the call after the next. */
  make(to: Micros): { readonly kind: Kind; readonly lines: LineBatch }[] {
    if (!this.full) this.#options.traffic.fill(to, this.#take)
    return Array.from(this.#printed, ([kind, printed]) => ({ kind, lines: printed.take() }))
  }

  readonly #take = (draft: Draft): void => {
    if (draft.kind === this.#first && !this.full) this.full = this.#counted++ === this.#options.limit
    const printed = this.full ? undefined : this.#printed.get(draft.kind)
    if (!printed) return
    printed.add(draft)
    this.#options.truth?.add(draft)
  }
}
