import type { FormatChoice } from './format.ts'
import type { Millis } from './time.ts'

/**
 * A source is where bytes come from. It frames nothing and parses nothing: it shows which streams (a file, a
 * connection) have bytes that were not handed over yet.
 */
export interface Source {
  /**
   * The streams that have something to read, or have just finished; waits until there are any.
   * Ends when the signal aborts, or when no byte can ever come any more (bulk reading). Streams that are not replayable
   * are first given until all whole lines that have come in are read.
   */
  ready(signal: AbortSignal): AsyncIterable<readonly Stream[]>
  /** Lets go of files and sockets; whoever sends hears first that what it sent is durable, where it asked for that. */
  close(): void | Promise<void>
  /** What cannot be read now, and why; it is tried again by itself. */
  problems?(): readonly Problem[]
  /** What it listens on or is connected to, for people. */
  state?(): string
  figures?(): SourceFigures
  /**
   * What was read of a stream up to `position` is durable. Called in the order of the positions of each stream; for
   * all of them at once where nothing is stored.
   */
  committed?(stream: string, position: Position): void
  /** Its streams are many and short and bring the same kind of lines: what the first lines of one show holds for all. */
  readonly uniform?: boolean
  /** Bytes that a line may have, its end not counted; longer ones are rejected. 1 MiB when absent. */
  readonly maxLineBytes?: number
}

/** What a source counts besides what is read of it. What is not known is absent. */
export interface SourceFigures {
  /** Messages that wait at the brokers. */
  readonly messagesBehind?: number
  /** How often something was turned away or dropped, by the reason: words of Visor's own, never what was sent. */
  readonly refused?: Readonly<Record<string, number>>
}

/** A stream that an earlier run read, with the position that it stored last. */
export interface KnownStream {
  readonly id: string
  readonly name: string
  readonly position: Position
  /** The format that was found for it; absent where none was. */
  readonly format?: FormatChoice
}

/** Something that hinders reading, for people: the path or address, and what is wrong with it. */
export interface Problem {
  readonly name: string
  readonly message: string
  /** What happened and is over: it hinders nothing any more. */
  readonly past?: true
}

/** One run of bytes in order. The reader decides how far it got: unread bytes are given again. */
export interface Stream {
  /**
   * Unique among the streams of all sources at any time; the key of its position in the store. A stream that is
   * replayable has the same after a restart, others hand theirs on, so that positions do not pile up.
   */
  readonly id: string
  /** For people: a path, an address. */
  readonly name: string
  /** Copies bytes from the position on into `into`; returns how many, 0 when there are none yet. */
  read(into: Uint8Array): number
  /** The first `bytes` unread bytes are done with. */
  advance(bytes: number): void
  /** Where reading goes on after a restart, as plain data. Grasped anew after each `advance`. */
  position(): Position
  /** Bytes known to wait behind the position: the lag. */
  readonly pending: number
  /** When the newest bytes were written, or came in; `undefined` where that is not known. */
  readonly written?: Millis | undefined
  /** No more bytes will come: what is left unread ends the last line. */
  readonly finished: boolean
  /**
   * After a restart its bytes can be read again from the stored position on. Those of another stream are gone with
   * the process: all whole lines are read before it stops.
   */
  readonly replayable: boolean
}

/**
 * Plain data. `offset` is in bytes, for people to see; all else belongs to the source and the engine that made it, and
 * nobody else looks at it.
 */
export interface Position {
  readonly offset: number
  readonly [key: string]: string | number | boolean
}

/** Counts that balance: read = parsed + rejected + late, always. */
export interface Counters {
  read: number
  parsed: number
  rejected: number
  /** Lines whose window had already been closed; they are stored and added to it all the same. */
  late: number
  bytes: number
}

export const NO_COUNTERS: Readonly<Counters> = { read: 0, parsed: 0, rejected: 0, late: 0, bytes: 0 }

export function addCounters(into: Counters, from: Counters): Counters {
  into.read += from.read
  into.parsed += from.parsed
  into.rejected += from.rejected
  into.late += from.late
  into.bytes += from.bytes
  return into
}
