import type { Kind } from './fields.ts'
import type { CellRows } from './rows.ts'
import { hashText } from './sketch.ts'
import type { Micros, Millis } from './time.ts'

/**
 * What an engine counts for a rule: the lines that pass a filter, by key, in short cells of event time. Plain data: it
 * crosses threads. All a rule knows of lines are such counts, so any engine that makes rollups can feed it.
 */
export interface Signal<Where = unknown> {
  /** Unique among all: a rule's name, or `RULE/PART`. The metric of its cells. */
  readonly name: string
  /** A query. */
  readonly where: Where
  /**
   * Fields whose values make the key: of lines, derived ones, `source` and `kind`. A line without one has the empty text
   * there.
   */
  readonly by: readonly string[]
  /**
   * The key has one more part, and lines without this field are not counted: its value as text, or the logarithmic
   * bucket (`bucketOf`) of a number.
   */
  readonly value?: {
    readonly field: string
    readonly as: 'text' | 'bucket'
    /** How many values of each key are remembered, those seen last; as many as there is room for when absent. */
    readonly most?: number
  }
  /** The number field that is summed beside the count; lines without it are not counted. */
  readonly measure?: string
  /** Length of a cell: a whole number of seconds. */
  readonly step: Micros
  /**
   * How far back its rule looks at it: cell by cell up to `fine`, then in longer ones, of a minute or, after eight days, an
   * hour. What is older than `back` is forgotten.
   */
  readonly fine: Micros
  readonly back: Micros
  /** How many keys one step of reading carries; the rest goes into `other`. */
  readonly limit: number
  /** How many of the newest lines of each key one step of reading shows; 0 for none. */
  readonly lines: number
}

/**
 * What one step of reading counted for alert rules. The cells are rollup cells: `metric` is a signal's name, `window` the
 * start of a cell of its length, keys are made by `keyOf`. They merge by addition like all others.
 */
export interface SignalDelta {
  readonly rows: readonly CellRows[]
  readonly lines: readonly EvidenceLine[]
  /** Milliseconds since 1970 (with a fraction): when the newest bytes were written, where that is known; when they were read; when they were counted. */
  readonly written?: Millis
  readonly read: Millis
  readonly counted: Millis
}

/** A line that was counted, for people to see. */
export interface EvidenceLine {
  readonly signal: string
  readonly key: string
  readonly source: string
  readonly kind: Kind
  /** Since 1970. */
  readonly time: Micros
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

/**
 * The metric of a signal's cells in the store: another one as soon as what it counts is defined otherwise, so that cells
 * of an older definition are never added to those of a newer one.
 */
export function signalMetric({ name, where, by, value, measure, step }: Signal): string {
  const definition = JSON.stringify([where, by, value?.field, value?.as, measure, step])
  return `${name} ${hashText(definition).toString(16).padStart(8, '0')}`
}
