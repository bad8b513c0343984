import type { Query } from '../query/index.ts'

/**
 * What an engine counts for a rule: the lines that pass a filter, by key, in short cells of event time. Plain data: it
 * crosses threads. All a rule knows of lines are such counts, so any engine that makes rollups can feed it.
 */
export interface Signal {
  /** Unique among all: a rule's name, or `RULE/PART`. The metric of its cells. */
  readonly name: string
  readonly where: Query
  /**
   * Fields whose values make the key: of lines, derived ones, `source` and `kind`. A line that does not tell one has the
   * empty text there.
   */
  readonly by: readonly string[]
  /**
   * The key has one more part, and lines that do not tell this field are not counted: its value as text, or the logarithmic
   * bucket (`bucketOf`) of a number.
   */
  readonly value?: {
    readonly field: string
    readonly as: 'text' | 'bucket'
    /** How many values of each key are remembered, those seen last; as many as there is room for when absent. */
    readonly most?: number
  }
  /** The number field that is summed beside the count; lines that do not tell it are not counted. */
  readonly measure?: string
  /** Length of a cell in microseconds: a whole number of seconds. */
  readonly step: number
  /**
   * How far back from the moment that is evaluated its rule looks at it, in microseconds: cell by cell up to `fine`, then in longer
   * ones, of a minute or, after eight days, an hour. What is older than `back` is forgotten.
   */
  readonly fine: number
  readonly back: number
  /** How many keys one step of reading carries; the rest goes into `other`. */
  readonly limit: number
  /** How many of the newest lines of each key one step of reading shows; 0 for none. */
  readonly lines: number
}
