/**
 * What one call of the scanner hands over: the lines that followed the format, as columns.
 * All arrays are views that the next call overwrites.
 */
export interface Batch {
  readonly rows: number
  /** Microseconds since 1970, UTC. Integers, exact up to the year 2255. */
  readonly time: Float64Array
  /** Minutes east of UTC that the line was written with. */
  readonly zone: Int16Array
  /** Where each line begins in the scanned bytes, and its length without the line end. */
  readonly start: Uint32Array
  readonly length: Uint32Array
  /** Bits of `Flag`. */
  readonly flags: Uint8Array
  readonly columns: ReadonlyMap<string, Column>
}

/** A number column holds NaN where the field is absent; a text column holds code 0. */
export type Column =
  | { readonly type: 'number'; readonly values: Float64Array }
  | { readonly type: 'text'; readonly codes: Uint32Array; readonly dictionary: Dictionary }

export const Flag = {
  /** Printing the fields gives other bytes than the line had, so the line must be kept as text. */
  notCanonical: 1,
  /** The line ended in `\r\n`. */
  carriageReturn: 2,
  /** The input ended without a line end after this line. */
  unterminated: 4
} as const

/** The distinct values of one text field, numbered from 1 in the order they were first seen. */
export interface Dictionary {
  readonly field: string
  /** One more than the highest code. */
  readonly size: number
  /** Grows with each rotation; codes of another generation mean nothing. */
  readonly generation: number
  /** The value as it stands in the log, escapes and all. A view, valid until the next scan. */
  bytes(code: number): Uint8Array
  /** The value with its escapes resolved, bytes that are not UTF-8 as U+FFFD. */
  text(code: number): string
  /** `hashText` of the text. */
  hash(code: number): number
}

/** A line that does not follow its format. Never guessed at, never dropped: it is kept with the reason. */
export interface Rejection {
  /** Where the line begins in the scanned bytes, and its length without the line end. */
  readonly start: number
  readonly length: number
  readonly reason: RejectReason
  /** Which of the scanner's programs got furthest: `at` and `step` are its. */
  readonly program: number
  /** 0-based byte in the line where the format could not go on. */
  readonly at: number
  /** Position in the program (groups counted depth first), -1 where no step is at fault. */
  readonly step: number
}

export type RejectReason = 'literal' | 'missing' | 'number' | 'time' | 'trailing' | 'long' | 'json'
