import type * as z from 'zod'
import type { KnownStream, Source } from '../core/source.ts'
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
}

/** Checks that an object is a source's kind, and keeps its types. */
export function sourceKind<Schema extends z.ZodObject>(kind: SourceKind<Schema>): SourceKind<Schema> {
  return kind
}
