import type { Alert } from '../../alerts/model.ts'
import type { Clock, Millis } from '../../core/time.ts'
import type { ReportContents, ReportPeriod } from '../../reports/contents.ts'
import type { Answers, AskCall } from '../../store/index.ts'

/** Who knows of a period. */
export interface PeriodSources {
  /** Of the store, or of a Visor that runs on it. */
  readonly answers: Pick<Answers, 'period' | 'readings' | 'rejected' | 'extent' | 'lines' | 'signatures'>
  /** The state; absent where nobody watches. */
  readonly history?: PeriodHistory | undefined
  readonly engine: ReportContents['engine']
  readonly clock: Clock
  /** The names of all sources, where they are known. */
  readonly sources?: readonly string[]
}

/** Which period is read, and what of it. */
export interface PeriodRequest extends ReportPeriod {
  /** A query that lines pass; all is counted of lines then. */
  readonly where?: string | undefined
  /** Of these sources alone. */
  readonly sources?: readonly string[] | undefined
  /** Keys of each metric. */
  readonly top: number
  readonly name?: string | undefined
  /**
   * What alerts must be about to be in it, one of these of each of their labels: it is for those who are to read of nothing else,
   * of alerts of the whole neither.
   */
  readonly about?: Readonly<Record<string, readonly string[]>>
  readonly call?: AskCall | undefined
}

/** What of the state is asked; that of a Visor that runs answers by and by. */
export interface PeriodHistory {
  alerts(query: {
    until: Millis
    lasting: Millis
    limit: number
  }): readonly Alert[] | Promise<readonly Alert[]>
  /** When Visor ran. */
  watched(between: { from: Millis; to: Millis }): readonly Run[] | Promise<readonly Run[]>
}

interface Run {
  readonly from: Millis
  readonly to: Millis
}
