import type { CellRows } from '../../../core/rows.ts'
import type { Signal } from '../../../core/signal.ts'
import { NO_COUNTERS, type Counters } from '../../../core/source.ts'
import { toMicros, type Micros } from '../../../core/time.ts'
import { SignalReader } from '../../../engines/embedded/signal-reader.ts'
import type { Query } from '../../../query/index.ts'
import { readFile } from '../../../reading/file.ts'
import { NO_STATE } from '../../../scanner/index.ts'
import type { LogOptions, ReplayedLog } from './together.ts'

/** A log that is read piece by piece for the signals of rules. */
export class Log {
  done = false
  readonly #name: string
  readonly #signals: readonly Signal<Query>[]
  readonly #options: LogOptions
  readonly #ready: ReturnType<typeof readFile>
  #reader: SignalReader | undefined

  /** `name` is that of the source that lines are of. */
  constructor(
    { path, format }: ReplayedLog,
    name: string,
    signals: readonly Signal<Query>[],
    options: LogOptions
  ) {
    this.#name = name
    this.#signals = signals
    this.#options = options
    this.#ready = readFile(path, { format, signal: options.signal })
  }

  /** The latest event time read; -Infinity before any. */
  get latest(): Micros {
    return this.#reader?.latest ?? -Infinity
  }

  get counters(): Readonly<Counters> {
    return this.#reader?.counters ?? NO_COUNTERS
  }

  /** Reads some more; gives what that counted. @throws VisorError as `readFile` does */
  async step(): Promise<readonly CellRows[]> {
    const { value, done } = await this.#ready.next()
    this.done = done === true
    if (!value) return []
    const { clock, zone } = this.#options
    const state = { choice: value.choice, scan: NO_STATE }
    this.#reader ??= new SignalReader(this.#name, this.#signals, state, zone)
    return this.#reader.read(value.stream, { now: toMicros(clock()) }).rows
  }

  async close(): Promise<void> {
    await this.#ready.return()
  }
}
