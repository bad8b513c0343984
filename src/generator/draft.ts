import type { Kind } from '../core/fields.ts'
import type { Micros } from '../core/time.ts'
import type { PartFields, LinePart, Roles } from '../core/parts.ts'

/** A line to come. */
export interface Draft {
  readonly kind: Kind
  readonly time: Micros
  /** A part of each role of the kind, in the order of `Traffic.roles`. */
  readonly parts: readonly LinePart[]
  /** The fields that no part has. */
  readonly own: PartFields
  /** Stands as the line, whatever its format, when given. */
  readonly text?: string | undefined
  /** The number of the incident that it belongs to; -1 for none. */
  readonly incident: number
}

export type Take = (draft: Draft) => void

/** Makes lines, all chance taken from a seed: the same seed, the same lines, however the time is cut into spans. */
export interface Traffic {
  readonly roles: Readonly<Record<Kind, Roles>>
  /** Makes the lines of the time up to `to` (not in it), in order of time; goes on where the span before ended. */
  fill(to: Micros, take: Take): void
}
