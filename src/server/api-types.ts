import type { Caller } from '../core/caller.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { Account } from '../core/account.ts'
import type { Kind } from '../core/fields.ts'
import type { FormatChoice } from '../core/format.ts'
import type { KeyClass, Metric } from '../core/metric.ts'
import type { EngineStatus } from '../core/progress.ts'
import type { Percentiles, CellReading } from '../core/readings.ts'
import type { Counters, SourceFigures } from '../core/source.ts'
import type { Millis } from '../core/time.ts'
import type { ValuesOverTime } from '../reports/period.ts'
import type { AlertsStatus } from './alerts/types.ts'
import type { ReportsStatus } from './reports/types.ts'

/*
 * The types of the answers under /api, but those of questions to the store (store/questions/answers.ts). Types only: the
 * page is built from them and knows nothing else of the server. Sizes are bytes, lengths of time that are not `Millis` are
 * seconds.
 */

/** How things stand at this moment; `/api/live` sends it whole about four times a second. */
export interface Status {
  readonly now: Millis
  readonly version: string
  readonly started: Millis
  /** Over all sources, since the store was made. */
  readonly counters: Counters
  readonly sources: readonly SourceStatus[]
  readonly rates: LineRates
  /** The newest lines, oldest first, at most about fifty. */
  readonly lines: readonly RecentLine[]
  readonly store: StoreStatus
  /** What else is wrong, for people: results that cannot be written, or the memory of alerts and reports. Absent where nothing looks. */
  readonly problems?: readonly string[]
  /** Absent where the engine reports nothing of itself: the embedded one is this Visor. */
  readonly engine?: WatchedEngine
  /** Absent where no rules are evaluated. */
  readonly alerts?: AlertsStatus
  /** Absent where no reports are made at set times. */
  readonly reports?: ReportsStatus
}

/** How an engine that runs elsewhere stands, and how it did. */
export interface WatchedEngine extends EngineStatus {
  readonly history: EngineHistory
}

/** Values by second for the last five minutes, oldest first; the last entry is the second before `to`. */
export interface EngineHistory {
  readonly to: Millis
  /** What waited; `null` where that is not known. */
  readonly messages: readonly (number | null)[]
  readonly bytes: readonly (number | null)[]
  /** How long the last batch had taken. */
  readonly batch: readonly (Millis | null)[]
}

export interface SourceStatus {
  readonly name: string
  readonly kinds: readonly Kind[]
  /** Absent until the first lines have come. */
  readonly format?: FormatChoice
  readonly state: 'reading' | 'waiting' | 'problem'
  /** For people: what it is connected to, what it waits for, or what the problem is and what to do. */
  readonly detail: string
  /** Lines a second, over the last few seconds. */
  readonly rate: number
  readonly lag: Lag
  /** For how long reading has been waiting for the store; absent while it does not. */
  readonly held?: Millis
  readonly counters: Counters
  readonly figures?: SourceFigures
  /** Time of the newest event. */
  readonly latest?: Millis
  readonly streams: readonly StreamStatus[]
  /** What became of all that there ever was of it, so far as it is stored; absent while that was not looked at. */
  readonly account?: Account
  /** What was lost in the last day, for people. */
  readonly losses?: readonly string[]
}

/** Who asks: `GET /api/caller`. */
export type CallerAnswer = Pick<Caller, 'name' | 'role' | 'by'>

/** What became of all that there ever was of a source: `GET /api/sources`. */
export interface SourcesAnswer {
  readonly sources: readonly SourceAccount[]
}

/** All streams of a source together, and each of them: those that were read last come last. */
export interface SourceAccount extends Account {
  readonly name: string
  readonly streams: readonly StreamAccount[]
}

export interface StreamAccount extends Account {
  readonly name: string
  /** It brings nothing more. */
  readonly finished: boolean
  /** Something else is under its name by now. */
  readonly moved?: true
}

/** What was written but not read yet. `seconds` where the rate allows an estimate. */
export interface Lag {
  readonly bytes: number
  readonly seconds?: number
}

export interface StreamStatus {
  readonly name: string
  readonly offset: number
  readonly pending: number
}

/** Lines by second for the last five minutes, oldest first; the last entry is the second before `to`. */
export interface LineRates {
  readonly to: Millis
  readonly read: readonly number[]
  readonly rejected: readonly number[]
}

export interface RecentLine {
  /** Grows by one with each line, so that a page can distinguish lines. */
  readonly id: number
  /** Absent for a rejected line. */
  readonly time?: Millis
  readonly source: string
  readonly kind: Kind
  /** The line as text, cut where it is very long. */
  readonly text: string
  /** HTTP status of an access line. */
  readonly status?: number
  /** Severity of an error-log line. */
  readonly level?: string
  /** Why the line does not follow its format. */
  readonly rejected?: string
}

export interface StoreStatus {
  readonly rows: number
  readonly bytes: number
  /** Deliveries that wait for their commit. */
  readonly queue?: number
  /** `undefined` before the first commit. */
  readonly lastCommit?: Millis
  /** Why commits fail at the moment, and since when; nothing is lost, reading waits. */
  readonly failure?: string
  readonly failingSince?: Millis
  /** Why it cannot be tidied up: cells merged, old lines forgotten, space given back. */
  readonly untidy?: string
}

/** The periods that a summary is made for; all but the last end now. */
export type Period = '15m' | '1h' | '24h' | '7d' | 'all'

/** The analysis of a period: `GET /api/summary?period=1h`. */
export interface Summary extends Frame {
  /** What each metric counted, in the order in which they are shown; those that counted nothing are left out. */
  readonly metrics: readonly MetricSummary[]
  /** What the metrics that are read over time counted in each bucket of the frame. */
  readonly timeline: {
    /** Start of each bucket. */
    readonly time: readonly Millis[]
    /** By name of the metric; one value for each bucket. */
    readonly metrics: Readonly<Record<string, ValuesOverTime>>
  }
}

/** What a metric counted; its entry in the list of metrics with it, which has how that is shown. */
export interface MetricSummary extends Omit<Metric, 'derive' | 'classes'>, CellReading {
  /** The count that its shares are shares of. */
  readonly whole: number
  readonly classes?: readonly (KeyClass & { readonly count: number })[]
  /** Head of a chart of those classes alone that have a label. */
  readonly classChart?: string | undefined
  /** Where it is read as percentiles; in seconds for durations. */
  readonly percentiles?: Percentiles
}

/**
 * A period laid out in buckets: `from` is the start of the first, `to` the end of the last. They are equally long, but where the clock of
 * the zone is set.
 */
export interface Frame {
  readonly period: Period
  readonly from: Millis
  readonly to: Millis
  readonly bucket: Millis
  /** Whose hours and days they are (IANA name); UTC when absent. */
  readonly zone?: string
}

/** Every answer that is not 200. */
export interface FailureAnswer {
  readonly error: string
  /** Visor's own name of it (docs/errors.md), where it has one, and what to do. */
  readonly code?: ErrorCode
  readonly remedy?: string
}
