/** What the reference knows of a line while it reads it. */
import type { Rejection } from '../../core/batch.ts'
import type { TimeField } from '../../core/program.ts'

/** A piece of a time: what a timepart gives, or `wall`, the wall clock in seconds that `%t` and ctime give at once. */
export type Piece =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'meridiem'
  | 'minute'
  | 'second'
  | 'weekday'
  | 'milli'
  | 'micro'
  | 'zone'
  | 'dayOfYear'
  | 'seconds'
  | 'millis'
  | 'micros'
  | 'wall'

/** What a line has given of one time, and where it gave the day. */
export interface Timestamp {
  pieces: Map<Piece, bigint>
  day: { at: number; step: number }
}

export interface State {
  /** One character a byte. */
  readonly line: string
  at: number
  canonical: boolean
  readonly fields: Record<string, string | number | null>
  readonly times: Record<TimeField, Timestamp>
  /** The steps that went through, in order. */
  readonly taken: Taken[]
}

/** A step, as rejections count them, and the bytes of the line that it took. */
export interface Taken {
  readonly step: number
  readonly from: number
  readonly to: number
}

/** Thrown where a step cannot go on. No `Error`, since the making of a stack takes longer than all the reading. */
export class Stop {
  readonly reason: Rejection['reason']
  readonly at: number
  readonly step: number
  constructor(reason: Rejection['reason'], at: number, step: number) {
    this.reason = reason
    this.at = at
    this.step = step
  }
}

export function newState(line: string, canonical: boolean): State {
  return {
    line,
    at: 0,
    canonical,
    fields: {},
    times: { time: newTimestamp(), time_end: newTimestamp() },
    taken: []
  }
}

function newTimestamp(): Timestamp {
  return { pieces: new Map(), day: { at: 0, step: -1 } }
}
