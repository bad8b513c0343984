import type { Kind } from './fields.ts'
import type { Rollup } from './rollup.ts'
import type { Spans } from './spans.ts'
import type { Counters } from './source.ts'
import type { CalendarStep } from './steps.ts'
import type { Micros } from './time.ts'

/** What an engine found in some files: all that a report is made of. */
export interface Analysis {
  readonly counters: Counters
  /** Every metric over all time, and `status` by hour. */
  readonly rollup: Rollup
  /** When messages of error logs were first and last seen, by their signatures. */
  readonly spans?: Spans
  readonly files: readonly AnalyzedFile[]
  /** Files that were not read, since others have their lines. */
  readonly copies?: readonly { readonly path: string; readonly of: string }[]
  /** First and last event; absent when no line was parsed. */
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
  /** The zone whose hours and days the windows are cut in; UTC when absent. */
  readonly zone?: string
  /** The longest windows that metrics over time are counted in; an hour when absent. */
  readonly step?: CalendarStep
}

export interface AnalyzedFile {
  readonly path: string
  /** The kinds of log that its lines are of. */
  readonly kinds: readonly Kind[]
  readonly format: { readonly name: string; readonly text: string }
  /** How the format was chosen, one sentence. */
  readonly why: string
  readonly counters: Counters
  /** The fields that its format has. */
  readonly fields?: readonly string[]
  /** How many lines were rejected for each reason, the commonest first. */
  readonly reasons?: readonly { readonly reason: string; readonly count: number }[]
  /** Why the file could not be read to its end; what came before is counted. */
  readonly problem?: string | undefined
  /** The first lines that do not follow the format; `line` and `column` count from 1. */
  readonly firstRejected: readonly {
    readonly line: number
    readonly column: number
    readonly reason: string
    readonly text: string
  }[]
}
