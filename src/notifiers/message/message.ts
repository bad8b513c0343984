import type { Severity } from '../../alerts/model.ts'
import type { NotificationLinks } from '../kind.ts'
import type { Mitigation } from './mitigation.ts'

/*
 * A notification as people read it, whatever it is printed as. No text in it has a control or misleading character, and all are cut;
 * whoever prints them still escapes what means something in his markup.
 */

/** How it looks: `good` is resolved, `calm` tells of no alert. */
export type Tone = Severity | 'good' | 'calm'

export interface View {
  readonly subject: string
  readonly tone: Tone
  /** A word or two: `CRITICAL`, `RESOLVED`. */
  readonly badge: string
  /** What it is about, and the verdict in one sentence. */
  readonly heading: string
  readonly verdict: string
  /** What is to be known besides, a sentence each. */
  readonly remarks: readonly string[]
  /** The alert that is told of in full: the worst one that fires or, when none does, that is resolved. */
  readonly detail?: Detail
  /** All alerts that fire and all that are resolved, where the detail does not tell of all. */
  readonly firing: Listing
  readonly resolved: Listing
  /** What was held back. */
  readonly held: Listing<string>
  readonly timing?: Timing
  readonly links?: Partial<NotificationLinks>
  /** Who sent it to whom, and why. */
  readonly footer: readonly string[]
}

/** Some of several things, and how many more there are. */
export interface Listing<Item = Row> {
  readonly items: readonly Item[]
  readonly more: number
}

export interface Row {
  readonly tone: Tone
  readonly badge: string
  readonly title: string
  readonly labels: string
  readonly says: string
  /** How long it has lasted, or lasted. */
  readonly lasted: string
}

export interface Detail {
  readonly labels: readonly Named[]
  /** What was measured, its limit, what is usual; empty where there is nothing to compare. */
  readonly bars: readonly Bar[]
  readonly times: readonly Named[]
  readonly shares: readonly Grown[]
  readonly lines: readonly string[]
  readonly errors: readonly string[]
  readonly mitigation?: Mitigation
}

export interface Named {
  readonly name: string
  readonly text: string
}

/** `part`: 0 to 1 of the longest one. `tone`: a measured value is bad or good, what it is compared with is calm. */
export interface Bar extends Named {
  readonly part: number
  readonly tone: Tone
}

/** A value whose share among the lines grew; the parts are 0 to 1. */
export interface Grown extends Named {
  readonly count: string
  readonly before: string
  readonly now: string
  readonly part: number
  readonly partBefore: number
}

/** From the line that made it fire to this message. */
export interface Timing {
  readonly steps: readonly (Named & {
    /** How long it took since the step before; empty for the first. */
    readonly took: string
    /** Where it lies on the way, 0 to 1, and how much of it it took. */
    readonly from: number
    readonly part: number
  })[]
  /** A sentence each: the sum, and how long the last messages took. */
  readonly sums: readonly string[]
}
