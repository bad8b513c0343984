import type { Kind } from './fields.ts'
import type { CellRows } from './rows.ts'

/**
 * What one step of reading counted for alert rules. The cells are rollup cells: `metric` is a signal's name, `window` the
 * start of a cell of its length, keys are made by `keyOf`. They merge by addition like all others.
 */
export interface SignalDelta {
  readonly rows: readonly CellRows[]
  readonly lines: readonly SignalLine[]
  /** Milliseconds since 1970 (with a fraction): when the newest bytes were written, where that is known; when they were read; when they were counted. */
  readonly written?: number
  readonly read: number
  readonly counted: number
}

/** A line that passed a signal's filter, for people to see. */
export interface SignalLine {
  readonly signal: string
  readonly key: string
  readonly source: string
  readonly kind: Kind
  /** Microseconds since 1970. */
  readonly time: number
  /** The line as text, cut where it is very long. */
  readonly text: string
}

/** The key of some values, unambiguous whatever they hold; of none `''`, as totals have it. */
export function keyOf(values: readonly string[]): string {
  return values.length === 0 ? '' : JSON.stringify(values)
}

/** The values of a key; the inverse of `keyOf`. */
export function valuesOf(key: string): string[] {
  const values: string[] = key === '' ? [] : JSON.parse(key)
  return values
}
