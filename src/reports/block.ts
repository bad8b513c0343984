import type { ClassTone } from '../core/metric.ts'
import type { Micros } from '../core/time.ts'

/*
 * What a report shows, before anybody draws it: few kinds of blocks that hold values, not texts. Text, HTML, mail and CSV draw
 * the same blocks, so a new section is in all of them.
 */

/**
 * What a value is, which decides how it is written and sorted. Numbers: `count`, `bytes`, `seconds`, `share` (0 to 1), `rate` (a
 * second), `time` (Micros), `day` (Micros of its first moment), `span` (seconds that something lasted). Texts: `text` is Visor's own, `log` comes out of logs and
 * is an attacker's; reports without details leave columns of it out.
 */
export type ValueUnit =
  | 'count'
  | 'bytes'
  | 'seconds'
  | 'share'
  | 'rate'
  | 'time'
  | 'day'
  | 'span'
  | 'text'
  | 'log'

/** `undefined` is unknown: it is never shown as zero. */
export type Value = number | string | undefined

export type Block = FiguresBlock | TableBlock | ChartBlock | SamplesBlock | ParagraphBlock

interface Headed {
  /** Names it in addresses, CSV and tests; unique in a report. */
  readonly name: string
  readonly title: string
  /** Stands beside the title: `2 distinct`. */
  readonly note?: string
  /** The heading under which it stands, with its neighbours that have the same: `Clients`. */
  readonly group?: string
  /** Its title came out of a log; reports without details leave it out. */
  readonly ofLog?: true
}

/** The numbers that matter most. */
export interface FiguresBlock extends Headed {
  readonly type: 'figures'
  readonly figures: readonly Figure[]
}

export interface Figure {
  readonly label: string
  readonly unit: ValueUnit
  readonly value: Value
  /** Why the value is unknown: `not in this format`. */
  readonly missing?: string
  /** Explains it where it stands: how visitors are told apart, how far an estimate may be off. */
  readonly note?: string
  readonly tone?: ClassTone
  /** The same figure of other periods, under what those are called: `the day before`, `last Monday`. */
  readonly compared?: readonly Compared[]
}

export interface Compared {
  readonly label: string
  readonly value: Value
  /** Whether more than then is good, bad, or neither. */
  readonly more?: 'good' | 'bad'
}

export interface TableBlock extends Headed {
  readonly type: 'table'
  readonly columns: readonly BlockColumn[]
  readonly rows: readonly BlockRow[]
  /** How many rows there are besides those that are here. */
  readonly more?: number
  /** `more` is what is known of: there may be others. */
  readonly atLeast?: true
  /** The cells of those together, where they are known; `undefined` for the columns that name a row. */
  readonly rest?: readonly Value[]
}

export interface BlockColumn {
  readonly label: string
  readonly unit: ValueUnit
  /** Takes the width that the others leave; at most one column of a table does. */
  readonly fills?: true
  /** A bar shows its values against the largest. */
  readonly bar?: true
}

export interface BlockRow {
  /** One for each column. */
  readonly cells: readonly Value[]
  readonly tone?: ClassTone
  /** The query that finds its lines. */
  readonly query?: string
}

/** Values over time, stacked in the order of the series. */
export interface ChartBlock extends Headed {
  readonly type: 'chart'
  /** Starts of the buckets, ascending; the last ends at `to`. */
  readonly time: readonly Micros[]
  readonly to: Micros
  /** What the whole stack is: `requests`; where there is a stack. */
  readonly whole?: string
  readonly series: readonly BlockSeries[]
  readonly marks: readonly TimeMark[]
}

export interface BlockSeries {
  readonly label: string
  readonly unit: ValueUnit
  readonly tone: ClassTone
  /** A line of its own above the stack, not a part of it. */
  readonly line?: true
  /** One for each bucket; `undefined` where nothing is known. */
  readonly values: readonly (number | undefined)[]
}

/** What happened at a time, or in a span of it: an alert, a restart, a time that was not watched. */
export interface TimeMark {
  readonly from: Micros
  readonly to?: Micros
  readonly label: string
  readonly tone: ClassTone
}

/** Lines of logs as they are, each with what is said of it. */
export interface SamplesBlock extends Headed {
  readonly type: 'samples'
  readonly samples: readonly { readonly text: string; readonly about: string }[]
  readonly more?: number
}

/** Sentences of Visor. */
export interface ParagraphBlock extends Headed {
  readonly type: 'paragraph'
  readonly sentences: readonly string[]
  readonly tone?: ClassTone
}

/** A whole report, to be drawn. */
export interface ReportDocument {
  /** The verdict in a line, with the name of what was watched: a mail's subject. */
  readonly subject: string
  readonly verdict: { readonly tone: ClassTone; readonly sentence: string }
  readonly period: { readonly from: Micros; readonly to: Micros; readonly zone: string } | undefined
  /** The exact interval, sources, engine, and what of the interval was not watched. */
  readonly facts: readonly { readonly name: string; readonly text: string }[]
  readonly blocks: readonly Block[]
  /** The page at exactly that interval. */
  readonly link?: string
  /** This very report on the page, where that keeps it. */
  readonly online?: string
}
