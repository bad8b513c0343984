/*
 * What the API answers to questions. Types only, with nothing of the database in them: the page is built from them. Times
 * are Millis, durations in seconds; fields that a line does not have are left out.
 */
import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'

/** A stored line. */
export interface LineAnswer {
  readonly time: Millis
  readonly source: string
  readonly text: string
  readonly fields: Readonly<Record<string, string | number>>
}

/** The newest lines that pass the query, oldest first. Where there are none, `extent` shows when lines are. */
export interface LinesAnswer extends ExtentAnswer {
  readonly lines: readonly LineAnswer[]
}

export interface CountAnswer {
  readonly counts: readonly { readonly time: Millis; readonly count: number }[]
}

/** Rows under named columns. */
export interface TableAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | boolean | null)[])[]
  /** There are more rows than the limit. */
  readonly more?: boolean
}

export interface SignaturesAnswer {
  readonly signatures: readonly {
    readonly signature: string
    /** Level of the last of them. */
    readonly level: string | null
    readonly count: number
    readonly first: Millis
    readonly last: Millis
    /** The last of the messages. */
    readonly example: string
  }[]
}

export interface RejectedAnswer {
  readonly rejected: readonly {
    /** When it was stored. */
    readonly time: Millis
    readonly source: string
    /** Of the file or connection, for people. */
    readonly name: string
    /** Byte where the line begins. */
    readonly offset: number
    readonly reason: string
    readonly text: string
  }[]
}

/** By which version of their lists and rules derived fields were counted. */
export interface VersionsAnswer {
  readonly versions: readonly {
    readonly metric: string
    readonly version: string
    readonly state: 'current' | 'pending' | 'outdated'
    readonly source?: string
    readonly from?: Millis
    readonly to?: Millis
  }[]
}

/** Times of the oldest and the newest line; absent where there is none. */
export interface ExtentAnswer {
  readonly extent?: { readonly first: Millis; readonly last: Millis }
}

/** What metrics counted in a period. */
export interface PeriodAnswer {
  readonly cells: readonly CellAnswer[]
  /** By the step of time that was asked for; `time` is its begin. */
  readonly timeline: readonly CellAnswer[]
  /** By how much the counts at the ends may be off (Millis); absent where they are exact. */
  readonly cut?: Millis
}

/** What one metric counted. */
export interface CellAnswer {
  readonly metric: string
  readonly time?: Millis
  /** Each key with its count and the sum of its measure, such as bytes. */
  readonly keys: readonly (readonly [key: string, count: number, sum: number])[]
  /** The keys that are not among them: count and sum. */
  readonly other: readonly [count: number, sum: number]
  /** A HyperLogLog of those, in base64. */
  readonly sketch?: string
}

/** What became of the lines of a span of the clock. */
export interface ReadingsAnswer {
  /** Of the rejected lines that are kept, the commonest first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
  readonly counters?: {
    readonly read: number
    readonly parsed: number
    readonly rejected: number
    readonly late: number
    readonly bytes: number
  }
}

/** Streams, of each source those last that were read last. */
export interface StreamsAnswer {
  readonly streams: readonly {
    readonly source: string
    readonly name: string
    readonly position: Position
    readonly finished: boolean
    /** The directive strings of its lines; absent while none is known. */
    readonly format?: string
    /** When it was last stored. */
    readonly updated: Millis
  }[]
}

export interface DigestsAnswer {
  readonly digests: string
  /** Absent where there are no more. */
  readonly next?: Millis
}
