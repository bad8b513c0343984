import type { Analysis, AnalyzedFile } from '../core/analysis.ts'
import type { Counters } from '../core/source.ts'
import type { Spans } from '../core/spans.ts'
import type { CalendarStep } from '../core/steps.ts'
import type { Micros } from '../core/time.ts'
import type { MetricReading, Timeline } from './period.ts'

/**
 * All that the sections of a report show, of whole files or of a period in the store. What its origin cannot know is
 * absent, and what is absent is never shown as zero.
 */
export interface ReportContents {
  /** What is watched, in subjects and heads: a host, a virtual host, the name of a schedule. */
  readonly name?: string
  readonly period?: ReportPeriod
  /** First and last event, where they are known. */
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
  readonly origin: ReportOrigin
  /** Who read the lines. */
  readonly engine: 'embedded' | 'spark'
  /** The query that counted lines pass. */
  readonly where?: string
  /** Lines read: of a period of a store, in it by the clock; absent where nothing is known of that time, or of these lines. */
  readonly counters?: Counters
  /** Lines of a period of a store, by their own time. */
  readonly counted?: number
  /** The files of a report of files. */
  readonly files: readonly AnalyzedFile[]
  readonly copies?: Analysis['copies']
  /** What was counted in all, metrics that are hidden among them. */
  readonly metrics: readonly MetricReading[]
  /** When keys were first and last seen, by metric. */
  readonly spans?: Spans
  readonly timeline: ReportTimeline
  /** The same of other periods, the one before first. */
  readonly compared: readonly ComparedPeriod[]
  readonly visitors?: VisitorCount
  /** Requests of programs that say so; absent where lines name no user agent. */
  readonly bots?: { readonly requests: number; readonly bytes: number }
  /** The paths that were asked for most, files that are sent as they are apart from pages. */
  readonly pages?: readonly Finding[]
  readonly statics?: readonly Finding[]
  /** Referring pages; absent where lines name none, or no virtual host that could tell which are of the site itself. */
  readonly referrers?: ReferrerFindings
  /** The paths that took most of the server's time; absent where lines have no duration. */
  readonly slowest?: readonly TimedPath[]
  /** Each virtual host, the one with most requests first; absent where lines name none. */
  readonly vhosts?: readonly VhostReading[]
  /** How many virtual hosts there are besides. */
  readonly moreVhosts?: number
  /** Programs that say who they are, the one with most requests first. */
  readonly crawlers?: readonly CrawlerReading[]
  readonly security?: SecurityFindings
  /** How many there are in all of what is listed, where that is known. */
  readonly lengths?: Readonly<Partial<Record<ListName, number>>>
  /** Signatures of the error log that the period before did not have, and those that it alone had. */
  readonly signatures?: { readonly new: readonly SignatureCount[]; readonly gone: readonly SignatureCount[] }
  /** Messages of the error log of severity error and worse by signature, the most frequent first; absent without any. */
  readonly failures?: readonly Finding[]
  /** Lines of error logs by the client that they name, and how many of them are of severity error and worse; absent without any. */
  readonly inErrorLog?: ReadonlyMap<string, { readonly lines: number; readonly errors: number }>
  /** Alerts that were pending or firing at some time of the period; absent where nobody watched. */
  readonly alerts?: readonly ReportAlert[]
  /** When the server that writes the logs was restarted, as far as its error log tells. */
  readonly restarts?: readonly Micros[]
  readonly importRate?: ImportRate
  readonly quality: Quality
  /** By how much the counts at the ends of the period may be off, where lines are not kept: whole windows were counted. */
  readonly cut?: Micros
  /** Parts of the period that Visor did not watch. */
  readonly uncovered?: readonly { readonly from: Micros; readonly to: Micros; readonly why: string }[]
  /** The page at exactly this period. */
  readonly link?: string
}

export type ListName = 'pages' | 'statics' | 'slowest' | 'crawlers' | 'probers'

export interface ReportPeriod {
  readonly from: Micros
  /** Its end, which is not in it; of files, the last event. */
  readonly to: Micros
  /** IANA name: days, hours and all times of the report are those of its clock. */
  readonly zone: string
}

export type ReportOrigin =
  | { readonly kind: 'files' }
  | { readonly kind: 'store'; readonly sources: readonly string[] }

export interface ReportTimeline extends Timeline {
  /** How long its buckets are. */
  readonly step: CalendarStep
  /** Where the last bucket ends. */
  readonly end: Micros
}

/** The same figures of another period. */
export interface ComparedPeriod {
  /** What people call it: `the day before`, `the same day a week before`. */
  readonly label: string
  readonly period: ReportPeriod
  /** Whether all of it was watched; figures of a part of it are not to be compared. */
  readonly complete: boolean
  readonly counters?: Counters
  readonly metrics: readonly MetricReading[]
  readonly visitors?: VisitorCount
  readonly bots?: NonNullable<ReportContents['bots']>
  readonly importRate?: ImportRate
  readonly slowest?: readonly TimedPath[]
}

/**
 * Visitors: addresses with their user agents, each pair counted once; programs apart. So people behind one address with equal
 * browsers are one, and one person with two browsers is two.
 */
export interface VisitorCount {
  readonly count: number
  /** Requests of these. */
  readonly requests: number
  /** The standard error of the count as a share of it; 0 where it is exact. */
  readonly error: number
  /** By day of the report's zone, each visitor once a day. */
  readonly days: readonly { readonly day: Micros; readonly count: number }[]
}

export interface VhostReading {
  readonly name: string
  readonly requests: number
  readonly bytes: number
  /** Requests by class of status (`4xx`), those with a status alone. */
  readonly classes?: Readonly<Record<string, number>>
  readonly visitors?: number
  /** In seconds. */
  readonly p95?: number
  /** Its paths that were answered with 500 or more, those that failed most first. */
  readonly failed?: readonly Finding[]
}

export interface CrawlerReading {
  readonly name: string
  readonly requests: number
  readonly bytes: number
  /** The time that the server took for its requests, in seconds. */
  readonly seconds?: number
  /** Of the server's time where that is known, else of the requests. */
  readonly share: number
}

export interface SecurityFindings {
  /** What was looked for: `WordPress`, `secrets`, the largest first. */
  readonly probes: readonly Finding[]
  /** Requests for such in all. */
  readonly probed: number
  /** Who looked. */
  readonly probers: readonly Finding[]
  /** Paths that were looked for and answered with content: what did they get? */
  readonly answered: readonly Finding[]
  /** How many such paths there are in all. */
  readonly answeredPaths: number
  /** All of those that nobody means to be public: secrets, shells, backups. */
  readonly exposed: readonly Finding[]
  /** Who tried to get in again and again: refused, or at a login page, most of the time. */
  readonly bruteForce: readonly (Finding & { readonly of: number })[]
}

/** Referring pages of others apart from those of the site itself. */
export interface ReferrerFindings {
  readonly others: readonly Finding[]
  readonly own: readonly Finding[]
  /** How many there are in all. */
  readonly lengths: { readonly others: number; readonly own: number }
  /** Requests of programs are left out. */
  readonly people: boolean
}

/** A key with how many requests were counted of it. */
export interface Finding {
  readonly key: string
  readonly count: number
  /** Bytes of the answers. */
  readonly bytes: number
}

export interface TimedPath {
  readonly key: string
  readonly count: number
  /** What all of its requests took together, and each on the average, in seconds. */
  readonly seconds: number
  readonly mean: number
}

export interface SignatureCount {
  readonly signature: string
  readonly count: number
  readonly first?: Micros
  readonly sample?: string
}

export interface ReportAlert {
  readonly id: string
  readonly title: string
  readonly severity: 'info' | 'warning' | 'critical'
  /** What it is about, `client 192.0.2.1`; empty for a rule without keys. Log text. */
  readonly about: string
  /** What was measured in the worst case, a sentence. May hold log text. */
  readonly summary: string
  readonly since: Micros
  readonly fired?: Micros
  readonly resolved?: Micros
  readonly acknowledgedBy?: string
}

/** Lines a second. */
export interface ImportRate {
  readonly average: number
  readonly peak: number
  /** The bucket of the peak. */
  readonly peakFrom: Micros
  readonly peakTo: Micros
}

/** What of the logs could not be read, and what they do not tell. */
export interface Quality {
  /** Rejected lines by reason, the commonest first. */
  readonly reasons?: readonly { readonly reason: string; readonly count: number }[]
  /** Some of them. */
  readonly samples: readonly { readonly where: string; readonly reason: string; readonly text: string }[]
  /** Fields that no format of the logs has: `duration`. */
  readonly absent: readonly string[]
}
