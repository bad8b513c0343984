import type {
  Alert,
  AlertPhase,
  EvaluationResult,
  Severity,
  Silence,
  Transition
} from '../../alerts/model.ts'

/*
 * What the server tells of alerts. Times are milliseconds since 1970, spans of time milliseconds. Labels, lines, titles and
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
  /** Another one whenever `/api/alerts` has something else to tell than a newer value of the same alert. */
  readonly revision: number
}

/** `GET /api/alerts`: all that is to be known at this moment. */
export interface AlertsAnswer {
  /** The worst first, of those the newest; not all where they are very many. */
  readonly firing: readonly ShownAlert[]
  readonly pending: readonly ShownAlert[]
  /** Those that ended in the last day, the last one first, at most a hundred. */
  readonly resolved: readonly ShownAlert[]
  /** Those that last, the one that ends first first. */
  readonly silences: readonly Silence[]
  readonly rules: readonly RuleStatus[]
  /** Who is told, and what of it is held back. */
  readonly receivers?: readonly ReceiverShown[]
  /** How the last deliveries ended, the newest first, at most a hundred. */
  readonly deliveries: readonly DeliveryShown[]
  /** Notifications that wait to be delivered: how many, since when the oldest, and what hinders it. */
  readonly outbox: { readonly waiting: number; readonly since?: number; readonly why?: string }
}

/** An alert, and why nobody is told of it where that is so. */
export interface ShownAlert extends Alert {
  /** The id of the silence that finds it. */
  readonly silence?: string
  /** The rule that fires for the same and makes this one superfluous. */
  readonly because?: string
  /** Receivers that know that it fires. */
  readonly told?: readonly string[]
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
  readonly last?: number
  /** For people: what it waits for before it can evaluate, where that is so. */
  readonly waits?: string
}

/** A receiver, and what it was not told yet. */
export interface ReceiverShown {
  readonly name: string
  /** Its quiet hours hold back all but the severest; it had as many messages as it may. */
  readonly quiet: boolean
  readonly full: boolean
  readonly held: { readonly count: number; readonly titles: readonly string[] }
}

/** How a try to deliver a notification ended. */
export interface DeliveryShown {
  readonly notification: string
  readonly receiver: string
  readonly title: string
  readonly at: number
  readonly try: number
  readonly state: 'sent' | 'partly' | 'later' | 'failed'
  /** Whom it reached, and what was said. */
  readonly says: string
  /** From firing until it was accepted. */
  readonly latency?: number
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
  readonly html?: string
  readonly text: string
}

/** `GET /explain?rule=NAME` of the daemon's socket: how a rule evaluates each key at this moment. */
export interface ExplainAnswer {
  readonly rule: RuleStatus
  /** The end of the window that was evaluated: event time. */
  readonly at: number
  /** The worst first. */
  readonly keys: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly evaluation: EvaluationResult
    readonly phase?: AlertPhase
    /** Why people are not told, a sentence each. */
    readonly silent: readonly string[]
  }[]
  /** How many more keys there are. */
  readonly more: number
}
