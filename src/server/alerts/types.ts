import type {
  Alert,
  AlertsView,
  DeliveryRecord,
  Explanation,
  Severity,
  Transition
} from '../../alerts/model.ts'
import type { Millis } from '../../core/time.ts'

/*
 * What the server reports of alerts. Times are since 1970. Labels, lines, titles and
 * what rules say are log text: whoever shows them escapes them.
 */

/** How alerts stand, in short: part of the status that pages get four times a second. */
export interface AlertsStatus {
  /** How many fire, and how many are about to, of each severity. */
  readonly firing: Readonly<Record<Severity, number>>
  readonly pending: Readonly<Record<Severity, number>>
  /** How many of those that fire somebody has in hand. */
  readonly acknowledged: number
  /** Of those that fire; absent when none does. */
  readonly worst?: Severity
  /** How many silences last. */
  readonly silences: number
  /** Another one whenever `/api/alerts` has something else to show than a newer value of the same alert. */
  readonly revision: number
}

/** `GET /api/alerts`: all that is to be known at this moment. Of very many alerts not all are in it. */
export interface AlertsAnswer extends AlertsView {
  /** Those that ended in the last day, the last one first, at most a hundred. */
  readonly resolved: readonly Alert[]
  readonly rules: readonly RuleStatus[]
  /** How the last deliveries ended, the newest first, at most a hundred. */
  readonly deliveries: readonly DeliveryRecord[]
  /** Notifications that wait to be delivered: how many, since when the oldest, and what hinders it. */
  readonly outbox: { readonly waiting: number; readonly since?: Millis; readonly why?: string }
}

/** A rule, and how it stands. */
export interface RuleStatus {
  readonly name: string
  readonly type: string
  readonly title: string
  readonly severity: Severity
  /** The query of the lines that it looks at; empty for all, and for none. */
  readonly where: string
  readonly by: readonly string[]
  readonly firing: number
  readonly pending: number
  /** When it last fired; absent when it never did, as far as is remembered. */
  readonly last?: Millis
  /** For people: what it waits for before it can evaluate, or before it knows all that it looks back to, where that is so. */
  readonly waits?: string
}

/** `GET /api/alerts/history`: what happened, the newest first; of one alert with `?alert=ID`, of one rule with `?rule=NAME`. */
export interface HistoryAnswer {
  readonly transitions: readonly Transition[]
}

/** `GET /api/mails`: the local mailbox, the newest mail first. */
export interface MailsAnswer {
  readonly mails: readonly MailHead[]
}

export interface MailHead {
  /** Its address is `/mails/NAME`. */
  readonly name: string
  readonly subject: string
  readonly at: number
}

export interface Mail {
  readonly subject: string
  /** With its images in it; absent where the mail is text alone. */
  readonly html?: string | undefined
  readonly text: string
}

/** `GET /explain?rule=NAME` of the daemon's socket: how a rule evaluates each key at this moment. */
export interface ExplainAnswer extends Explanation {
  readonly rule: RuleStatus
}
