import type { Clock } from './time.ts'

/** Whole lines on their way out, in order. */
export interface LineBatch {
  /** Each line with its line end. Not kept by a sink: it may be filled anew once `write` has resolved. */
  readonly bytes: Uint8Array
  /** How many lines. */
  readonly count: number
  /** Where each line ends in `bytes`, its line end included; for sinks that are `framed`. */
  readonly ends?: Uint32Array
  /** What each line is sent under, such as its client; for sinks that are `framed`. */
  readonly keys?: readonly (string | null)[]
}

/** Where lines go. Back-pressure is waiting: who writes waits for `write`, so that no line is ever dropped. */
export interface Sink {
  /** For people: a path, an address. */
  readonly name: string
  /** Whether it sends lines one by one and so needs their `ends` (and may use their `keys`). */
  readonly framed: boolean
  /**
   * Takes lines; resolves when there is room for more. Rejects with a VisorError when they cannot be written, and with
   * the signal's reason when that aborts while it waits. Called again only after it has resolved.
   */
  write(lines: LineBatch): Promise<void>
  /** Lines that are out whole, for certain: in the file, given to a reader, acknowledged by the broker. */
  readonly written: number
  /** Sends what was taken and lets go of everything; after it `written` is final. */
  close(): Promise<void>
  /** What it waits for, or which reader has left: for people, each given once. */
  warnings?(): readonly string[]
}

/** What a sink is opened with besides its options. */
export interface SinkDependencies {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Where `-` goes. */
  readonly stdout: NodeJS.WritableStream
}
