import type { SourceProblem, Progress, SourceState } from '../core/progress.ts'
import { addCounters, NO_COUNTERS } from '../core/source.ts'
import type { RecentLine, SourceStatus, Status, StoreStatus } from '../server/api-types.ts'
import { Rates } from './rates.ts'
import { LiveSource, type Past } from './source.ts'
import { Windows, type ClosedWindow } from './windows.ts'

/** How many of the newest lines are held. */
const NEWEST = 50

export interface LiveOptions {
  readonly version: string
  /** The sources by name, with what each reads (for people) and what is known of it. */
  readonly sources: readonly { name: string; waitsFor: string; past: Past }[]
  /** Length of a window in microseconds, and how many keys of each metric an open window holds. */
  readonly window: number
  readonly limit: number
  /** How long after its end a window waits for late lines, in microseconds. */
  readonly lateness: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** The present, in bounded memory: status of the sources, rates, newest lines, windows that are still open. */
export class Live {
  readonly #options: LiveOptions
  readonly #started: number
  readonly #sources: ReadonlyMap<string, LiveSource>
  readonly #windows: Windows
  /** When each stream was last heard of (milliseconds): the clock closes the windows of silent ones. */
  readonly #heard = new Map<string, number>()
  readonly #read = new Rates()
  readonly #rejected = new Rates()
  readonly #listeners = new Set<() => void>()
  #lines: RecentLine[] = []
  #lineId = 0

  constructor(options: LiveOptions) {
    this.#options = options
    this.#started = options.clock()
    this.#windows = new Windows(options.window, options.limit)
    this.#sources = new Map(
      options.sources.map(({ name, waitsFor, past }) => [name, new LiveSource(name, waitsFor, past)])
    )
  }

  apply(progress: Progress): void {
    const now = this.#options.clock()
    const { source, stream, counters } = progress
    this.#sources.get(source)?.apply(progress, now)
    this.#read.add(now, counters.read)
    this.#rejected.add(now, counters.rejected)
    this.#windows.add(progress.rollup)
    this.#windows.passed(stream, progress.finished ? Infinity : progress.closed)
    if (progress.finished) this.#heard.delete(stream)
    else this.#heard.set(stream, now)
    for (const line of progress.lines) this.#lines.push(this.#lineOf(source, line))
    if (this.#lines.length > NEWEST) this.#lines = this.#lines.slice(-NEWEST)
    this.#changed()
  }

  state(state: SourceState): void {
    this.#sources.get(state.source)?.state(state)
    this.#changed()
  }

  problem(problem: SourceProblem): void {
    this.#sources.get(problem.source)?.problem(problem, this.#options.clock())
    this.#changed()
  }

  /** The windows that have closed since the last call, oldest first; with `all`, the open ones too. */
  closed(all = false): ClosedWindow[] {
    const { clock, lateness } = this.#options
    const now = clock()
    for (const [stream, heard] of this.#heard)
      if ((now - heard) * 1000 > lateness) this.#windows.passed(stream, now * 1000 - lateness)
    return this.#windows.take(all)
  }

  /** How each source stands; `now` in milliseconds since 1970. */
  sources(now: number): SourceStatus[] {
    return Array.from(this.#sources.values(), source => source.status(now))
  }

  status(store: StoreStatus): Status {
    const now = this.#options.clock()
    const counters = { ...NO_COUNTERS }
    for (const source of this.#sources.values()) addCounters(counters, source.counters)
    return {
      now,
      version: this.#options.version,
      started: this.#started,
      counters,
      sources: this.sources(now),
      rates: {
        to: Math.floor(now / 1000) * 1000,
        read: this.#read.history(now),
        rejected: this.#rejected.history(now)
      },
      lines: this.#lines,
      store
    }
  }

  /** Calls `listener` after each change; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #lineOf(source: string, line: Progress['lines'][number]): RecentLine {
    const { time, ...rest } = line
    return { id: this.#lineId++, source, ...rest, ...(time !== undefined && { time: time / 1000 }) }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
