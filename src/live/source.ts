import type { Kind } from '../core/fields.ts'
import type { FormatChoice } from '../core/format.ts'
import type { SourceProblem, Progress, SourceState } from '../core/progress.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../core/source.ts'
import type { SourceStatus } from '../server/api-types.ts'
import { Rates } from './rates.ts'

/** A problem is over when it was not told again for so long (milliseconds). */
const PROBLEM_LASTS = 3000

/** Reading that waits for the store for so long (milliseconds) has stopped; less is how it takes its turns. */
const HELD = 1000

/** What is known of a source from earlier runs. */
export interface Past {
  readonly counters?: Counters | undefined
  /** The newest event, microseconds. */
  readonly latest?: number | undefined
  readonly kinds?: readonly Kind[]
  readonly format?: FormatChoice | undefined
}

/** One source as it stands: what the page shows in its row. */
export class LiveSource {
  readonly #name: string
  readonly #waitsFor: string
  readonly #counters: Counters
  readonly #lines = new Rates()
  readonly #bytes = new Rates()
  readonly #streams = new Map<string, { name: string; offset: number; pending: number }>()
  readonly #kinds: Set<Kind>
  #format: FormatChoice | undefined
  #latest: number
  #problem: { message: string; told: number } | undefined
  #told: SourceState | undefined

  /** `waitsFor` names what is read, for people. */
  constructor(
    name: string,
    waitsFor: string,
    { counters = NO_COUNTERS, latest = -Infinity, kinds = [], format }: Past = {}
  ) {
    this.#name = name
    this.#waitsFor = waitsFor
    this.#counters = { ...counters }
    this.#latest = latest
    this.#kinds = new Set(kinds)
    this.#format = format
  }

  /** Takes what the engine said; `now` in milliseconds. */
  apply(progress: Progress, now: number): void {
    const { stream, name, offset, pending, finished, counters } = progress
    if (finished) this.#streams.delete(stream)
    else this.#streams.set(stream, { name, offset, pending })
    addCounters(this.#counters, counters)
    this.#lines.add(now, counters.read)
    this.#bytes.add(now, counters.bytes)
    for (const kind of progress.kinds) this.#kinds.add(kind)
    this.#format = progress.format
    this.#latest = Math.max(this.#latest, progress.latest)
    this.#problem = undefined
  }

  state(state: SourceState): void {
    this.#told = state
  }

  problem({ name, message }: SourceProblem, now: number): void {
    this.#problem = { message: `${name}: ${message}`, told: now }
  }

  get counters(): Readonly<Counters> {
    return this.#counters
  }

  status(now: number): SourceStatus {
    const streams = [...this.#streams.values()]
    const pending = streams.reduce((sum, stream) => sum + stream.pending, 0)
    const rate = this.#lines.perSecond(now)
    const bytesRate = this.#bytes.perSecond(now)
    const held = this.#heldFor(now)
    return {
      name: this.#name,
      kinds: [...this.#kinds],
      ...(this.#format && { format: this.#format }),
      ...this.#state(now, rate > 0 || pending > 0, held),
      rate,
      lag: { bytes: pending, ...(bytesRate > 0 && { seconds: pending / bytesRate }) },
      counters: { ...this.#counters },
      ...(held !== undefined && { held }),
      ...(this.#latest > -Infinity && { latest: this.#latest / 1000 }),
      streams
    }
  }

  #heldFor(now: number): number | undefined {
    const since = this.#told?.heldSince
    return since === undefined ? undefined : Math.max(0, now - since)
  }

  #state(now: number, busy: boolean, held = 0): Pick<SourceStatus, 'state' | 'detail'> {
    if (this.#problem && now - this.#problem.told < PROBLEM_LASTS)
      return { state: 'problem', detail: this.#problem.message }
    if (held >= HELD)
      return { state: 'waiting', detail: `waiting for the store, for ${Math.floor(held / 1000)} s` }
    const text = this.#told?.text
    if (busy) return { state: 'reading', detail: text ?? '' }
    const what = this.#counters.read === 0 ? 'the first line' : 'new lines'
    const detail =
      text === undefined ? `waiting for ${what} of ${this.#waitsFor}` : `${text}; waiting for ${what}`
    return { state: 'waiting', detail }
  }
}
