import type { Severity } from '../../alerts/model.ts'
import type { PaletteColor } from '../../core/palette.ts'
import type { NotificationLinks } from '../kind.ts'
import type { Mitigation } from './mitigation.ts'

/*
 * A notification as people read it, whatever it is printed as. No text in it has a control or misleading character, and all are
 * cut to a length; whoever prints them still escapes what has a meaning in his markup.
 */

/** How it looks: `good` is resolved, `neutral` is no alert. */
export type Tone = Severity | 'good' | 'neutral'

/** What each is filled with, and the colour of its text. */
export const TONES: Readonly<Record<Tone, Readonly<Record<'fill' | 'text', PaletteColor>>>> = {
  critical: { fill: 'tone-critical', text: 'text-critical' },
  warning: { fill: 'tone-warning', text: 'text-warning' },
  info: { fill: 'accent', text: 'accent' },
  good: { fill: 'good', text: 'good' },
  neutral: { fill: 'tone-other', text: 'ink-2' }
}

export interface Message {
  readonly subject: string
  readonly tone: Tone
  /** A word or two: `CRITICAL`, `RESOLVED`. */
  readonly badge: string
  /** What it is about, and what was found in one sentence. */
  readonly heading: string
  readonly summary: string
  /** Further facts, a sentence each. */
  readonly notes: readonly string[]
  /** What a report counted, with what it is compared with; none for alerts. */
  readonly figures: readonly LabeledText[]
  /** The alert shown in full: the worst one that fires or, when none does, the first that is resolved. */
  readonly detail?: AlertDetail
  /** All alerts that fire and all that are resolved, where `detail` does not show all there are. */
  readonly firing: Listing
  readonly resolved: Listing
  /** Titles of notifications that were held back. */
  readonly held: Listing<string>
  readonly timing?: Timing
  /** `read`: the page with this very report. */
  readonly links?: Partial<NotificationLinks> & { readonly read?: string }
  /** Who sent it to whom, and why. */
  readonly footer: readonly string[]
}

/** Some of several things, and how many more there are. */
export interface Listing<Item = ListedAlert> {
  readonly items: readonly Item[]
  readonly more: number
}

export interface ListedAlert {
  readonly tone: Tone
  readonly badge: string
  readonly title: string
  readonly labels: string
  readonly summary: string
  /** How long it has lasted, or lasted. */
  readonly duration: string
}

export interface AlertDetail {
  readonly labels: readonly LabeledText[]
  /** What was measured, its limit, what is usual; empty where there is nothing to compare. */
  readonly bars: readonly Bar[]
  readonly times: readonly LabeledText[]
  readonly increases: readonly Increase[]
  readonly lines: readonly string[]
  readonly errors: readonly string[]
  readonly mitigation?: Mitigation
}

export interface LabeledText {
  readonly name: string
  readonly text: string
}

/** `part`: 0 to 1 of the longest one. `tone`: a measured value is bad or good, what it is compared with is neutral. */
export interface Bar extends LabeledText {
  readonly part: number
  readonly tone: Tone
}

/** A value whose share of the lines grew; the parts are 0 to 1. */
export interface Increase extends LabeledText {
  readonly count: string
  readonly before: string
  readonly now: string
  readonly part: number
  readonly partBefore: number
}

/** From the line that made it fire to this message. */
export interface Timing {
  readonly steps: readonly (LabeledText & {
    /** How long it took since the step before; empty for the first. */
    readonly elapsed: string
    /** Where it lies on the way, 0 to 1, and how much of it it took. */
    readonly from: number
    readonly part: number
  })[]
  /** A sentence each: the sum, and how long the last notifications took. */
  readonly totals: readonly string[]
}

/** The links that a message has, each with its address as text, in the order in which they stand. */
export function namedLinks(links: Message['links'] = {}): (LabeledText & { readonly link: string })[] {
  const all = [
    { link: 'read', name: 'Read on the page', text: links.read },
    { link: 'acknowledge', name: 'Acknowledge', text: links.acknowledge },
    { link: 'silence', name: 'Silence for 1 h', text: links.silence },
    { link: 'show', name: 'Open in Visor', text: links.show }
  ]
  return all.flatMap(({ text, ...named }) => (text === undefined ? [] : [{ ...named, text }]))
}

/** Titles of the sections of a message, whatever it is printed as. */
export const TITLES = {
  firing: 'Firing',
  resolved: 'Resolved',
  held: 'Held back',
  increases: 'Largest increases',
  lines: 'Log lines',
  errors: 'Error log (same clients, same seconds)',
  timing: 'Latency'
} as const
