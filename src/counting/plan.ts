import type { Signal } from '../core/signal.ts'
import type { KnownStream } from '../core/source.ts'
import type { Micros } from '../core/time.ts'
import type { ScrubSettings } from '../privacy/settings.ts'
import type { Query } from '../query/index.ts'
import type { SourceOptions } from '../sources/index.ts'

/** What is to be read and counted. Plain data. */
export interface EnginePlan {
  /** Unique among all runs. */
  readonly name: string
  readonly sources: readonly EngineSource[]
  /** Length of a window. */
  readonly window: Micros
  /** How long a window waits for lines after its end. */
  readonly lateness: Micros
  /** Nobody asks for the results of each window: old lines are counted in longer ones, and only the sink gets them. */
  readonly aging: boolean
  /** Count clients by country. */
  readonly country: boolean
  /** How many keys of each metric and window one delivery carries; the rest goes to `other`. */
  readonly limit: number
  /** What is counted for alert rules. */
  readonly signals: readonly Signal<Query>[]
  /** What of lines is masked before anybody has them: secrets, when absent. */
  readonly scrub?: ScrubSettings
}

/** A source of a plan. */
export interface EngineSource {
  readonly name: string
  readonly options: SourceOptions
  /** A preset or directive string; detected when absent. */
  readonly format?: string | undefined
  /** Zone of lines that have none; the machine's when absent. */
  readonly zone?: string | undefined
  /** Where earlier runs had come to. */
  readonly known: readonly KnownStream[]
}
