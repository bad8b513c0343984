import type { Signal } from '../../alerts/signal.ts'
import type { PlainError } from '../../core/errors.ts'
import type { Problem, Progress, SourceState } from '../../core/progress.ts'
import type { KnownStream } from '../../core/source.ts'
import type { SourceOptions } from '../../sources/index.ts'

/** What an ingest thread is told to do. Plain data: it crosses threads. */
export interface IngestPlan {
  /** Names this thread's dictionaries in the store; unique among all threads of all runs. */
  readonly name: string
  readonly sources: readonly IngestSource[]
  /** Length of a window and how long it waits for lines after its end, in microseconds. */
  readonly window: number
  readonly lateness: number
  /** Nobody asks for the results of each window: old lines are counted in longer ones, and only the store is told. */
  readonly aging: boolean
  /** Count clients by country. */
  readonly country: boolean
  /** How many keys of each metric and window one delivery carries; the rest goes to `other`. */
  readonly limit: number
  /** What is counted for alert rules. */
  readonly signals: readonly Signal[]
}

export interface IngestSource {
  readonly name: string
  /** What its kind was told. */
  readonly options: SourceOptions
  /** A preset or directive string; detected when absent. */
  readonly format?: string | undefined
  /** Zone of lines that tell none; the machine's when absent. */
  readonly zone?: string | undefined
  /** Where earlier runs had come to. */
  readonly known: readonly KnownStream[]
}

/** What an ingest thread says. */
export type FromIngest =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'state'; readonly state: SourceState }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'failed'; readonly error: PlainError }
