/** PartFields of a line by their names; `null` is absent. */
export type PartFields = Readonly<Record<string, string | number | null>>

/**
 * PartFields that come together in many lines, such as those of a visitor: what is printed of them is kept under `id` (0 and up,
 * another for each part of a role), unless that is negative.
 */
export interface LinePart {
  readonly id: number
  readonly fields: PartFields
}

/** What the lines of a kind are made of: the names of the fields of each part. All others belong to a line alone. */
export type Roles = readonly (readonly string[])[]

/** Prints lines made of parts, one of each role. It prints what `Format.print` would of all their fields together. */
export interface Printer {
  /**
   * The line, without line end. `time` is microseconds since 1970 UTC, `zone` the minutes east of UTC it is written with, `own`
   * the fields that no part has.
   */
  print(time: number, zone: number, parts: readonly LinePart[], own: PartFields): string
}
