import type { Kind } from '../core/fields.ts'
import type { FormatChoice } from '../core/format.ts'
import type { SourceProblem, Progress, SourceState } from '../core/progress.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../core/source.ts'
import { SECOND_MS, toMillis, type Micros, type Millis } from '../core/time.ts'
import type { SourceStatus } from '../server/api-types.ts'
import { Rates } from './rates.ts'

/** A problem is over when it was not reported again for so long. */
const PROBLEM_TIMEOUT: Millis = 3 * SECOND_MS

/** Reading that waits for the store for so long has stopped; less is how it takes its turns. */
export const MIN_HELD: Millis = SECOND_MS

/** So many things that were lost are told, at most. */
const MAX_LOSSES = 20

/** What is known of a source from earlier runs. */
export interface Past {
  readonly counters?: Counters | undefined
  /** The newest event. */
  readonly latest?: Micros | undefined
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
  #latest: Micros
  #problem: { message: string; reported: Millis } | undefined
  /** What was lost, and when that was last reported. */
  readonly #losses = new Map<string, Millis>()
  #state: SourceState | undefined
  /** What waits, where that was said after the last progress. */
  #pending: number | undefined

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

  /** Takes what the engine reports. */
  apply(progress: Progress, now: Millis): void {
    const { stream, name, offset, pending, finished, counters } = progress
    if (finished) this.#streams.delete(stream)
    else this.#streams.set(stream, { name, offset, pending })
    addCounters(this.#counters, counters)
    this.#lines.add(now, counters.read)
    this.#bytes.add(now, counters.bytes)
    for (const kind of progress.kinds) this.#kinds.add(kind)
    this.#format = progress.format
    this.#latest = Math.max(this.#latest, progress.latest)
    this.#problem = this.#pending = undefined
  }

  state(state: SourceState): void {
    this.#state = state
    this.#pending = state.pending
  }

  problem({ name, message, past }: SourceProblem, now: Millis): void {
    const text = `${name}: ${message}`
    if (!past) this.#problem = { message: text, reported: now }
    else if (this.#losses.size < MAX_LOSSES || this.#losses.has(text)) this.#losses.set(text, now)
  }

  get counters(): Readonly<Counters> {
    return this.#counters
  }

  /** `stopped`: nothing is read of any source, since the engine fails. */
  status(now: Millis, stopped = false): SourceStatus {
    const streams = [...this.#streams.values()]
    const pending = this.#pending ?? streams.reduce((sum, stream) => sum + stream.pending, 0)
    const rate = this.#lines.perSecond(now)
    const bytesRate = this.#bytes.perSecond(now)
    const since = this.#state?.heldSince
    const held = since === undefined ? undefined : Math.max(0, now - since)
    const losses = this.#lossesAt(now)
    return {
      name: this.#name,
      kinds: [...this.#kinds],
      ...(this.#format && { format: this.#format }),
      ...this.#standing(now, stopped, rate > 0 || pending > 0, held),
      rate,
      lag: { bytes: pending, ...(bytesRate > 0 && { seconds: pending / bytesRate }) },
      counters: { ...this.#counters },
      ...(held !== undefined && { held }),
      ...(this.#state?.figures && { figures: this.#state.figures }),
      ...(this.#latest > -Infinity && { latest: toMillis(this.#latest) }),
      streams,
      ...(losses.length > 0 && { losses })
    }
  }

  #lossesAt(now: Millis): string[] {
    for (const [text, reported] of this.#losses)
      if (now - reported >= PROBLEM_TIMEOUT) this.#losses.delete(text)
    return [...this.#losses.keys()]
  }

  #standing(now: Millis, stopped: boolean, busy: boolean, held = 0): Pick<SourceStatus, 'state' | 'detail'> {
    if (this.#problem && now - this.#problem.reported < PROBLEM_TIMEOUT)
      return { state: 'problem', detail: this.#problem.message }
    if (held >= MIN_HELD)
      return { state: 'waiting', detail: `waiting for the store, for ${Math.floor(held / SECOND_MS)} s` }
    if (stopped) return { state: 'waiting', detail: 'waiting for the engine, which fails' }
    const text = this.#state?.text
    if (busy) return { state: 'reading', detail: text ?? '' }
    const what = this.#counters.read === 0 ? 'the first line' : 'new lines'
    const detail =
      text === undefined ? `waiting for ${what} of ${this.#waitsFor}` : `${text}; waiting for ${what}`
    return { state: 'waiting', detail }
  }
}
