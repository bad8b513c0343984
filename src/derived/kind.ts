import type { FieldInfo } from '../core/fields.ts'
import type { Derive } from '../core/metric.ts'

/**
 * A derived field: a pure function of the text of one field of lines, so it is asked once for each distinct text. A new one
 * is an entry with this shape and a line in `index.ts`: metrics, queries, alert rules and the documentation know it by that.
 */
export interface Derivation extends FieldInfo {
  readonly type: 'text'
  /** The field of lines that it is derived of. */
  readonly from: string
  /** What it is called where people read: `Browser`. */
  readonly title: string
  /**
   * Version of the lists and rules that answers depend on. Other ones have another version: what was counted by them is
   * then counted anew. Asked for rarely: it may read a file.
   */
  readonly version: string
  /** UTF-16 units that an answer has at most. */
  readonly maxLength: number
  /** The answer for any text at all, of any length; `undefined` where there is none. Throws never. */
  readonly derive: Derive
}
