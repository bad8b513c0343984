import type * as z from 'zod'
import type { Account } from '../core/account.ts'
import type { KnownStream, Position, Source, Stream } from '../core/source.ts'
import type { Clock } from '../core/time.ts'

/** What a source is opened with besides its options. */
export interface SourceDependencies {
  /** The name of the source in the configuration: part of the ids of its streams. */
  readonly name: string
  readonly clock: Clock
  /** At least 0 and less than 1. */
  readonly random: () => number
  /** The consumer group of those that do the same, for sources of Kafka that have none of their own; `visor` when absent. */
  readonly group?: string
}

/** One kind of source: a folder here, and a line in index.ts. */
export interface SourceKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Its `type` in the configuration. */
  readonly name: string
  readonly summary: string
  /** Options as a user writes them. */
  readonly example: z.input<Schema>
  /** What can be set for it, each setting with its description. Their values are plain data: they cross threads. */
  readonly options: Schema
  /** What it reads, for people. */
  reads(options: z.output<Schema>): string
  /** The files and patterns that it reads; absent where it reads none. */
  files?(options: z.output<Schema>): readonly string[]
  /** Whether it reads standard input, which the main thread passes on to the source's. */
  readsStdin?(options: z.output<Schema>): boolean
  /** The options with each path made absolute. */
  withPaths?(options: z.output<Schema>, absolute: (path: string) => string): z.output<Schema>
  /** Targets of this kind as they stand on a command line. */
  readonly targets?: readonly string[]
  /** The options in a target, as a user would write them; `undefined` when it is none of this kind. */
  take?(target: string): z.input<Schema> | undefined
  /**
   * Opens it; `known` is where earlier runs had come to. What hinders it at the moment is no error: it is among the
   * source's problems, and tried again.
   * @throws VisorError when it can never work as it is configured
   */
  open(
    options: z.output<Schema>,
    known: readonly KnownStream[],
    dependencies: SourceDependencies
  ): Source | Promise<Source>
  /**
   * Where its streams end at the moment, by their names; absent where bytes come only once.
   * @throws VisorError where that cannot be found out
   */
  ends?(options: z.output<Schema>): ReadonlyMap<string, StreamEnd> | Promise<ReadonlyMap<string, StreamEnd>>
  /** How much of a stream was read, as its position says; `undefined` for a position of another kind. Absent where nobody knows what there was. */
  account?(position: Position): Account | undefined
  /** Absent where its bytes can be had in this process alone. */
  readonly ranges?: Ranges<z.output<Schema>>
}

/** A stream is read to its end once this part of its position is so large. */
export interface StreamEnd {
  readonly part: string
  readonly end: number
  /** `Account.key` of the stream, where its name does not say which it is. */
  readonly key?: string
  /** What is before it is there no more, where that can be. */
  readonly begin?: number
}

/** A source whose lines others can read as well (range-readers.ts), such as executors of a cluster: it says where they are. */
export interface Ranges<Options> {
  /** Opens it like `open` does: it gives ranges instead of bytes. */
  open(
    options: Options,
    known: readonly KnownStream[],
    dependencies: SourceDependencies
  ): RangeSource | Promise<RangeSource>
}

/** A source that gives ranges. */
export interface RangeSource extends Omit<Source, 'ready'> {
  /** The streams that have something new to read, or have just finished; waits until there are any. */
  ready(signal: AbortSignal): AsyncIterable<readonly RangeStream[]>
  /** Asks how much waits of its streams by now, so that what is read next is all of it, where it knows only what it was told before; never rejects. */
  look?(): Promise<void>
}

/**
 * A stream that is read elsewhere, in ranges. Once it is `finished`, others may read it: what comes back of a range then
 * must not count.
 */
export interface RangeStream extends Pick<Stream, 'id' | 'name' | 'position' | 'finished' | 'written'> {
  /** Messages known to wait behind the position: the lag. */
  readonly pending: number
  /**
   * The next so many of them, from the position on; `undefined` when nothing is to be read. The range counts as being read
   * until the next `advance` or `next`: for so long the stream is not handed on to others.
   */
  next(most: number): RangeToRead | undefined
  /** All before this position is done with; it may lie within the range, or where it begins when nothing was read. */
  advance(position: Position): void
}

/** Where some lines are. Plain data without secrets; only its source knows what else it holds. */
export interface RangeToRead {
  /** For people. */
  readonly text: string
  readonly position: Position
  /** How many messages, and about how many bytes. */
  readonly messages: number
  readonly bytes: number
  /** Its lines come to whoever is to read it as rows, from one who can reach them; nothing else is read together with it. */
  readonly rows?: true
  readonly [key: string]: unknown
}

/** A stream whose bytes are fetched by and by. It is never `finished`: what follows is in the next range. */
export interface FetchedStream extends Stream {
  /** Asks for the first bytes, which `fetch` makes appear then. */
  prefetch(): void
  /** Makes more bytes appear; false when no more will: all of the range is there, or there is a problem. Never rejects. */
  fetch(): Promise<boolean>
  /** Why not all of the range could be had; what is there stands. */
  readonly problem: string | undefined
  /** Ends what is under way, at once. */
  close(): void
}

/** Checks that an object is a source's kind, and keeps its types. */
export function sourceKind<Schema extends z.ZodObject>(kind: SourceKind<Schema>): SourceKind<Schema> {
  return kind
}
