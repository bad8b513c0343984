import type { EngineStatus, SourceProblem, Progress, SourceState } from '../core/progress.ts'
import { addCounters, NO_COUNTERS } from '../core/source.ts'
import { SECOND_MS, toMicros, toMillis, type Clock, type Micros, type Millis } from '../core/time.ts'
import type { RecentLine, SourceStatus, Status, StoreStatus, WatchedEngine } from '../server/api-types.ts'
import { LiveEngine } from './engine.ts'
import { Rates } from './rates.ts'
import { LiveSource, type Past } from './source.ts'
import { Windows, type ClosedWindow } from './windows.ts'

/** How many of the newest lines are held. */
const MAX_LINES = 50

/** A source by its name, with what it reads (for people) and what is known of it. */
interface WatchedSource {
  readonly name: string
  readonly waitsFor: string
  readonly past: Past
}

export interface LiveOptions {
  readonly version: string
  readonly sources: readonly WatchedSource[]
  /** Length of a window, and how many keys of each metric an open window holds. */
  readonly window: Micros
  readonly limit: number
  /** How long after its end a window waits for late lines. */
  readonly lateness: Micros
  /** How long the newest lines are shown after they were read; until others come when absent. */
  readonly linesFor?: Millis
  readonly clock: Clock
}

/** The present, in bounded memory: status of the sources, rates, newest lines, windows that are still open. */
export class Live {
  readonly #options: LiveOptions
  readonly #started: Millis
  #sources: ReadonlyMap<string, LiveSource>
  readonly #windows: Windows
  /** When each stream was last heard of: the clock closes the windows of silent ones. */
  readonly #heard = new Map<string, Millis>()
  readonly #read = new Rates()
  readonly #rejected = new Rates()
  readonly #engine = new LiveEngine()
  readonly #listeners = new Set<() => void>()
  #lines: { readonly read: Millis; readonly line: RecentLine }[] = []
  #lineId = 0

  constructor(options: LiveOptions) {
    this.#options = options
    this.#started = options.clock()
    this.#windows = new Windows(options.window, options.limit)
    this.#sources = new Map(
      options.sources.map(({ name, waitsFor, past }) => [name, new LiveSource(name, waitsFor, past)])
    )
  }

  /** Shows these sources from now on; those in `kept` go on as they are. */
  change(sources: readonly WatchedSource[], kept: ReadonlySet<string>): void {
    const before = this.#sources
    this.#sources = new Map(
      sources.map(({ name, waitsFor, past }) => [
        name,
        (kept.has(name) && before.get(name)) || new LiveSource(name, waitsFor, past)
      ])
    )
    this.#changed()
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
    for (const { time, ...line } of progress.lines)
      this.#lines.push({
        read: now,
        line: { id: this.#lineId++, source, ...line, ...(time !== undefined && { time: toMillis(time) }) }
      })
    if (this.#lines.length > MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES)
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

  engine(status: EngineStatus): void {
    this.#engine.report(status, this.#options.clock())
    this.#changed()
  }

  /** How the engine stands; `undefined` where it reports nothing of itself. */
  engineAt(now: Millis): WatchedEngine | undefined {
    return this.#engine.status(now)
  }

  /** The windows that have closed since the last call, oldest first; with `all`, the open ones too. */
  closed(all = false): ClosedWindow[] {
    const { clock, lateness } = this.#options
    const now = clock()
    for (const [stream, heard] of this.#heard)
      if (toMicros(now - heard) > lateness) this.#windows.passed(stream, toMicros(now) - lateness)
    return this.#windows.take(all)
  }

  /** How each source stands. */
  sources(now: Millis): SourceStatus[] {
    const stopped = this.engineAt(now)?.failure !== undefined
    return Array.from(this.#sources.values(), source => source.status(now, stopped))
  }

  status(store: StoreStatus): Status {
    const now = this.#options.clock()
    const engine = this.engineAt(now)
    const counters = { ...NO_COUNTERS }
    for (const source of this.#sources.values()) addCounters(counters, source.counters)
    return {
      now,
      version: this.#options.version,
      started: this.#started,
      counters,
      sources: this.sources(now),
      rates: {
        to: Math.floor(now / SECOND_MS) * SECOND_MS,
        read: this.#read.history(now),
        rejected: this.#rejected.history(now)
      },
      lines: this.#newest(now),
      store,
      ...(engine && { engine })
    }
  }

  #newest(now: Millis): RecentLine[] {
    const { linesFor = Infinity } = this.#options
    this.#lines = this.#lines.filter(({ read }) => now - read <= linesFor)
    return this.#lines.map(({ line }) => line)
  }

  /** Calls `listener` after each change; the result ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
