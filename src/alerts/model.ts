import type { EvidenceLine } from '../core/signal.ts'
import type { Millis } from '../core/time.ts'
import type { ReportDocument } from '../reports/block.ts'

/*
 * What alerts are made of. All of it is plain data that is written to the state database as JSON; times are milliseconds
 * since 1970, with a fraction where they were measured.
 */

/** From the least to the worst. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** How a value is written for people. */
export type Unit = 'count' | 'share' | 'factor' | 'seconds' | 'bytes'

/** What a rule finds of one key at one time. */
export interface EvaluationResult {
  /**
   * `bad`: it should fire. `good`: it may resolve. `between`: past the clear threshold and short of the raise one: what fires
   * goes on, what is pending calms down. `unknown`: too little is known to say.
   */
  readonly state: 'bad' | 'between' | 'good' | 'unknown'
  /** What was measured; absent where nothing was. */
  readonly value?: number
  /** What it was held against. */
  readonly threshold: number
  /** What is usual; absent while nothing is known of that. */
  readonly baseline?: number
  readonly unit: Unit
  /** How many lines the value is made of. */
  readonly samples: number
  /** One sentence for people without the key: `7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)`. May hold log text: escape it. */
  readonly summary: string
}

/** One alert: a rule and a key, from when it turned bad until it is resolved. */
export interface Alert {
  /** `RULE` and a hash of key and `since`; safe in addresses, file names and headers. */
  readonly id: string
  readonly rule: string
  /** The rule's title for people. */
  readonly title: string
  readonly severity: Severity
  readonly key: string
  /** The rule's `by` fields with their values of this key; log text. */
  readonly labels: Readonly<Record<string, string>>
  /** `pending`: bad, for less than `for`. A resolved alert is over: the next one of its key is another. */
  readonly phase: 'pending' | 'firing' | 'resolved'
  /** When it turned bad, fired, and was resolved: event time, as the lines have it. */
  readonly since: Millis
  readonly fired?: Millis
  readonly resolved?: Millis
  /** When it was last evaluated bad; and since when it has been good without a break, while it is. */
  readonly bad: Millis
  readonly good?: Millis
  /** Since when nothing is known of it. */
  readonly unknown?: Millis
  readonly evaluation: EvaluationResult
  /** The worst value that it had. */
  readonly worst?: number
  readonly evidence: Evidence
  /** How it came to fire; absent where no line did that. */
  readonly timestamps?: AlertTimestamps
  readonly acknowledged?: Acknowledgement
  /** It fires and resolves again and again: nobody is notified until it settles. */
  readonly flapping: boolean
}

/** What makes an alert understood. All texts are of the log. */
export interface Evidence {
  /** Lines that it was evaluated by, oldest first, at most five. */
  readonly lines: readonly EvidenceLine[]
  /** The values whose share among those lines grew most, the largest growth first: at most one for each field. */
  readonly shares: readonly Share[]
  /** Lines of the error log of the same clients and seconds, oldest first, at most five. */
  readonly errors: readonly EvidenceLine[]
  /** When the server was last restarted before it began; absent where that is longer ago than ten minutes or unknown. */
  readonly restart?: Millis
}

export interface Share {
  readonly field: string
  readonly value: string
  /** 0 to 1: among the lines of the window, and of the time before. */
  readonly now: number
  readonly before: number
  readonly count: number
}

/** When the line that made it fire was written, read and counted, and when the rule fired. */
export interface AlertTimestamps {
  readonly written?: Millis
  readonly read: Millis
  readonly counted: Millis
  readonly fired: Millis
}

export interface Acknowledgement {
  readonly owner: string
  readonly comment: string
  readonly at: Millis
}

/** Nobody is notified of alerts that its query matches until it ends. */
export interface Silence {
  readonly id: string
  /** Over `rule`, `severity` and the labels of alerts, in the query language. */
  readonly query: string
  readonly author: string
  readonly reason: string
  readonly created: Millis
  readonly ends: Millis
}

/** What happened to an alert: one line of history. */
export interface Transition {
  /** By the clock. */
  readonly at: Millis
  readonly alert: string
  readonly rule: string
  readonly key: string
  readonly what:
    | 'pending'
    | 'fired'
    | 'resolved'
    | 'calmed'
    | 'unknown'
    | 'flapping'
    | 'settled'
    | 'acknowledged'
    | 'unacknowledged'
  /** For people; may hold log text. */
  readonly summary: string
}

/** An alert, and what keeps people from being notified of it. */
export interface AlertView extends Alert {
  readonly silence?: Silence
  /** The rule that fires for the same. */
  readonly inhibitedBy?: string
  /** Receivers that know that it fires. */
  readonly notified?: readonly string[]
}

/** A silence, and the ids of the firing alerts that it matches. */
export interface SilenceView extends Silence {
  readonly alerts: readonly string[]
}

/** A receiver, and what it was not notified of yet. */
export interface ReceiverView {
  readonly name: string
  /** Whether its mute times hold back all but the most severe, and until when, as far as that is within a week. */
  readonly muted: boolean
  readonly mutedUntil?: Millis
  /** Whether its rate limit is reached. */
  readonly limited: boolean
  /** How many notifications are held back, and some of their titles. */
  readonly held: { readonly count: number; readonly titles: readonly string[] }
}

/** How all stands at one time. */
export interface AlertsView {
  /** The worst first. */
  readonly firing: readonly AlertView[]
  readonly pending: readonly AlertView[]
  /** Those that are active. */
  readonly silences: readonly SilenceView[]
  readonly receivers: readonly ReceiverView[]
}

/** How a rule evaluates its keys at one time. */
export interface Explanation {
  /** The end of the window that was evaluated: event time. */
  readonly at: Millis
  /** Those with an alert first, then the bad ones. */
  readonly keys: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly evaluation: EvaluationResult
    readonly phase?: Alert['phase']
    /** Why people are not notified, each a sentence without its end; may hold log text. */
    readonly suppressed: readonly string[]
  }[]
  /** How many more keys there are. */
  readonly more: number
}

/** Why an alert's notification is sent. */
export type Occasion = 'fired' | 'more' | 'resolved' | 'reminder' | 'digest' | 'silence over' | 'test'

/**
 * What one receiver is sent. It is kept in the outbox before anything is sent, and has all that is needed to print it, so
 * that a repeat after a crash is the same.
 */
export type Notification = AlertNotification | ReportNotification

interface NotificationHead {
  /** Unique, and the same for each try; safe in headers. Its Message-ID is made of it. */
  readonly id: string
  readonly receiver: string
  /** All notifications of one group keep their order: rule and group key of alerts; the schedule, and the part of it, of reports. */
  readonly group: string
  /** Its thread: the id of the first notification of alerts' threads; of reports, one for each group. */
  readonly thread: string
  readonly created: Millis
  readonly severity: Severity
  /** The verdict in one line: `5xx 7.2 % of 1,204 requests (usual 0.3 %)`; may hold log text. */
  readonly title: string
}

/** What happened to alerts. */
export interface AlertNotification extends NotificationHead {
  readonly occasion: Occasion
  /** Alerts that fire, the worst first; and those resolved since the last notification. */
  readonly firing: readonly Alert[]
  readonly resolved: readonly Alert[]
  /** How many notifications of this receiver its rate limit or mute times have held back since the last one, and some of their titles. */
  readonly held?: { readonly count: number; readonly titles: readonly string[] }
}

/** A report of a period. */
export interface ReportNotification extends NotificationHead {
  readonly occasion: 'report'
  /** The schedule that it is of; those who have unsubscribed from it get nothing. */
  readonly schedule: string
  readonly document: ReportDocument
  /** A few lines of text that mails have instead of the document, where that is wished. */
  readonly plain?: string
  readonly attachments: readonly ReportAttachment[]
  /** Who gets the mail instead of those whom the receiver names: plain addresses. */
  readonly to?: readonly string[]
}

/** A file that goes with a report. */
export interface ReportAttachment {
  /** Safe as a file's name. */
  readonly name: string
  /** Its media type: `text/csv`. */
  readonly type: string
  readonly text: string
}

/** How an attempt to deliver a notification ended, by recipient: addresses of a mail; the kind's name for what has none. */
export interface DeliveryResult {
  /** Those that have it now. */
  readonly accepted: readonly string[]
  /** Those that will never accept it, with what was said; and those that may accept it later. */
  readonly refused: readonly { readonly to: string; readonly why: string }[]
  readonly later: readonly { readonly to: string; readonly why: string }[]
  /** Those that have unsubscribed from a report. */
  readonly unwanted?: readonly string[]
}

/** What is left to do for a notification. */
export interface Remaining {
  /** Those that have it already, and those that will never take it, where it goes to several. */
  readonly done: readonly string[]
  readonly refused: readonly string[]
  /** When it is to be tried next; 0 while it has not been tried. */
  readonly due: Millis
}

/** A notification on its way. */
export interface OutboxEntry extends Remaining {
  readonly notification: Notification
  readonly tries: number
  /** What the last try met with. */
  readonly why?: string
}

/** How a delivery stands, or ended: one line of history. */
export interface DeliveryRecord {
  readonly notification: string
  readonly receiver: string
  readonly title: string
  readonly at: Millis
  readonly try: number
  /** `unwanted`: all who would get it have unsubscribed. */
  readonly state: 'sent' | 'partly' | 'later' | 'failed' | 'unwanted'
  /** Whom it reached, and what was said. */
  readonly summary: string
  /** From the alert's firing (`timestamps.fired`, or the notification's creation) until it was accepted. */
  readonly latency?: Millis
}
