import type { Kind } from './fields.ts'
import type { FormatChoice } from './format.ts'
import type { CellRows } from './rows.ts'
import type { SignalDelta } from './signal.ts'
import type { Counters, SourceFigures } from './source.ts'
import type { Micros, Millis } from './time.ts'

/** What an engine reports of one stream each time it has read some of it: the rollup's delta and how things stand. */
export interface Progress {
  readonly source: string
  readonly stream: string
  /** The stream's name for people. */
  readonly name: string
  /** The kinds of log that the lines read are of. */
  readonly kinds: readonly Kind[]
  readonly format: FormatChoice
  readonly offset: number
  /** Bytes known to wait. */
  readonly pending: number
  readonly finished: boolean
  readonly counters: Counters
  /** The step's counts, where the results of each window are asked for. */
  readonly rollup: readonly CellRows[]
  /** The newest few of the lines read. */
  readonly lines: readonly SampleLine[]
  /** Windows that end at or before this are closed in this stream; -Infinity before any. */
  readonly closed: Micros
  /** The latest event time seen in the stream, -Infinity before any. */
  readonly latest: Micros
  /** What the step counted for alert rules; absent where no line of it passed a signal's filter. */
  readonly signals?: SignalDelta
}

/** A line for people to see: text, cut where it is very long. */
export interface SampleLine {
  readonly kind: Kind
  readonly text: string
  /** Absent for a rejected line. */
  readonly time?: Micros
  readonly status?: number
  readonly level?: string
  /** Why the line does not follow its format. */
  readonly rejected?: string
}

/** How a source stands besides what was read of it; reported when it changes. */
export interface SourceState {
  readonly source: string
  /** What it listens on or is connected to, for people; `undefined` where that is no question. */
  readonly text: string | undefined
  readonly figures?: SourceFigures | undefined
  /** Since when reading waits for the store; `undefined` while it does not. */
  readonly heldSince: Millis | undefined
  /** Bytes that wait to be read, where the engine knows that of more than it has reported progress of. */
  readonly pending?: number
}

/** Something that keeps a source from being read, or that was lost; reported again as long as it lasts, or is to be known. */
export interface SourceProblem {
  readonly source: string
  /** What it is about: a path, an address. */
  readonly name: string
  readonly message: string
  /** It hinders nothing any more. */
  readonly past?: true
}

/** How an engine that runs elsewhere stands. What is not known is absent. */
export interface EngineStatus {
  /** For people: where it runs, such as `Spark 4.2.0 at sc://127.0.0.1:15002`. */
  readonly name: string
  readonly state: 'starting' | 'working' | 'waiting' | 'failing'
  /** For people: what it is doing now, and about a failure what is done and when. */
  readonly detail: string
  /** The last failure, its first useful line, with when it began; absent once a batch succeeded after it. */
  readonly failure?: { readonly message: string; readonly since: Millis; readonly attempts: number }
  readonly executors?: number
  readonly cores?: number
  /** Of the last batches. */
  readonly batch?: {
    readonly p50: Millis
    readonly p99: Millis
    readonly last: Millis
    readonly rowsPerSecond: number
    readonly tasks: number
  }
  /** All that waits: messages of sources that count those, bytes of the others. */
  readonly behind?: { readonly messages?: number; readonly bytes?: number }
  /** What waits, by stream, the most first; a few of them. */
  readonly lag: readonly { readonly stream: string; readonly messages?: number; readonly bytes?: number }[]
  /** How long what waits takes at the present speed; absent where nothing waits or it only grows. */
  readonly catchUp?: Millis
  /** Where the engine's own page is. */
  readonly page?: string
}
