import type { Kind } from './fields.ts'
import type { CellRows } from './rows.ts'
import { hashText } from './sketch.ts'

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

/** The parts of a signal (`alerts/signal.ts`) on which it depends what its cells hold. */
interface SignalDefinition {
  readonly name: string
  readonly where: unknown
  readonly by: readonly string[]
  readonly value?: { readonly field: string; readonly as: string }
  readonly measure?: string
  readonly step: number
}

/**
 * The metric of a signal's cells in the store: another one as soon as what it counts is defined otherwise, so that cells
 * of an older definition are never added to those of a newer one.
 */
export function signalMetric({ name, where, by, value, measure, step }: SignalDefinition): string {
  const definition = JSON.stringify([where, by, value?.field, value?.as, measure, step])
  return `${name} ${hashText(definition).toString(16).padStart(8, '0')}`
}
