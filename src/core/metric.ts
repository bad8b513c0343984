import type { Kind } from './fields.ts'

/**
 * A metric: what is counted by which key. Everything shown or alerted on is a reading of such counts.
 */
export interface Metric {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly kinds: readonly Kind[]
  /** The field whose values are the keys; `null` for a total. A line without the field is not counted. */
  readonly key: string | null
  /** Makes the key from the field's text, once per distinct value; `undefined` counts nothing. */
  readonly derive?: (text: string) => string | undefined
  /** Number keys go to logarithmic buckets, for percentiles. */
  readonly buckets?: boolean
  /** The number field that is summed beside the count, the first of these that the format has; absent adds 0. */
  readonly measure: readonly string[]
  /** It is read over time, so the windows of old lines stay an hour long; those of other metrics become a day. */
  readonly overTime?: true
  /** Only lines count whose number field, the first of these that the format has, is at least `min`. */
  readonly where?: { readonly field: readonly string[]; readonly min: number }
}
