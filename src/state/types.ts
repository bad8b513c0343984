import type { AcknowledgementRequest, Changes, Saved } from '../alerts/kept.ts'
import type {
  Alert,
  DeliveryRecord,
  Notification,
  OutboxEntry,
  Remaining,
  Silence,
  Transition
} from '../alerts/model.ts'
import type { Act } from '../core/act.ts'
import type { Role } from '../core/caller.ts'
import type { Millis } from '../core/time.ts'
import type { ReportDocument } from '../reports/block.ts'
import type { ReportRun } from '../reports/run.ts'

export type { AcknowledgementRequest, Changes, StateItem, Saved } from '../alerts/kept.ts'

/*
 * The small operational state in SQLite: what must survive a restart besides lines and counts. One daemon writes it; commands
 * (`visor alerts ack` and the like) may read and write it at the same time from other processes. Times are since 1970.
 */

/** How much waits in the outbox. */
export interface Backlog {
  readonly waiting: number
  /** When the oldest was created, and what the last try of the oldest that has been tried met with. */
  readonly since?: Millis
  readonly why?: string
}

/** Somebody who gets no more mails of a schedule's reports. */
export interface Unsubscribed {
  readonly schedule: string
  /** In small letters. */
  readonly address: string
  readonly at: Millis
}

/** What lets a program or a person in over HTTP; its secret is known to who holds it alone. */
export interface AccessToken {
  readonly name: string
  readonly role: Role
  readonly created: Millis
  /** To the minute. */
  readonly used?: Millis
  readonly expires?: Millis
}

/** A browser that is signed in. */
export interface Session {
  readonly name: string
  readonly role: Role
  /** The token that it was begun with. */
  readonly token?: string
  readonly expires: Millis
}

/** Who may come in over HTTP. Secrets are 32 random bytes as text; only their SHA-256 is kept. */
export interface AccessRecords {
  /** Those that have expired too, by name. */
  tokens(): AccessToken[]
  /** Gives its secret; `undefined` where there is one of that name. */
  addToken(token: Pick<AccessToken, 'name' | 'role' | 'created' | 'expires'>): string | undefined
  /** Ends its sessions too; false when there is none of that name. */
  revokeToken(name: string): boolean
  /** What a secret is the token of, as long as it is good; it is used with that. */
  tokenOf(secret: string, now: Millis): AccessToken | undefined
  /** Gives the secret of a new session. */
  beginSession(session: Session, now: Millis): string
  /** A session is over too when nobody has used it for two days. */
  sessionOf(secret: string, now: Millis): Session | undefined
  endSession(secret: string): void
}

/** What people did, and tried to: the audit log. It is kept for a year, as far as it is not too much. */
export interface ActRecords {
  /** What is refused again and again is one line. */
  addAct(act: Act): void
  /** The newest first. */
  acts(query: { readonly since?: Millis; readonly name?: string; readonly limit: number }): Act[]
}

/** Part of the history, the newest first. */
export interface HistoryQuery {
  /** Of this alert (its whole id), of this rule. */
  readonly alert?: string | undefined
  readonly rule?: string | undefined
  /** From this time on, and before that; of alerts, those that turned bad then. */
  readonly since?: Millis
  readonly until?: Millis
  /** At most so many; never more than 10,000. */
  readonly limit: number
}

/** How far a schedule has come. */
export interface ScheduleState {
  /** When it runs, as a text: with another one it begins anew. */
  readonly recurrence: string
  /** The last date that was done or missed. */
  readonly handled: Millis
}

/** What came of some dates of a schedule: all of it becomes durable in one transaction. */
export interface ReportChanges {
  readonly schedule?: ScheduleState & { readonly name: string }
  readonly runs: readonly {
    readonly run: ReportRun
    readonly document?: ReportDocument | undefined
    /** When it is forgotten. */
    readonly expires: Millis
  }[]
  readonly notifications: readonly Notification[]
}

export interface AlertQuery extends HistoryQuery {
  readonly phase?: Alert['phase']
  /** Those that were not over before this time. */
  readonly lasting?: Millis
}

/** All of it throws VisorError STATE when the database cannot be read or written. */
export interface StateStore extends AccessRecords, ActRecords {
  load(): Saved
  /** @throws VisorError STATE when it cannot be written; then nothing of it is. */
  commit(changes: Changes): void

  /** An alert, over or not; by its id or an unambiguous beginning of it. */
  alert(id: string): Alert | undefined
  /** Alerts of all phases, the newest first. */
  alerts(query: AlertQuery): Alert[]
  transitions(query: HistoryQuery): Transition[]

  /** Those that have ended too, until they are forgotten; the newest last. */
  silences(): Silence[]
  addSilence(silence: Silence): void
  /** Ends it now; false when there is none that lasts. */
  endSilence(id: string, now: Millis): boolean
  acknowledge(request: AcknowledgementRequest): void
  /**
   * The requests that were not taken yet, oldest first. They are gone for good with the next commit, which holds what came of
   * them: after a crash in between they are there again.
   */
  takeAcknowledgements(): AcknowledgementRequest[]
  /**
   * Changes the texts of what is over since before a time (alerts with their evidence, history, deliveries, reports that were
   * made); gives how many rows that changes.
   */
  rewriteTexts(before: Millis, change: (text: string) => string): number
  /** Changes all texts, and leaves nothing of the old ones in the file; gives how many rows that changes. */
  eraseTexts(change: (text: string) => string): number
  /** How many rows that would change. */
  mentioned(change: (text: string) => string): number
  /** Changes whenever another connection has written: look again then. */
  version(): number

  /**
   * Of each receiver the oldest notification that can be sent now, without those `underWay` (ids): its time has come, and no earlier
   * one of its group is under way or waits to be tried again. One that some have, or that fails while its receiver takes
   * others, holds nothing back.
   */
  due(now: Millis, underWay: readonly string[]): OutboxEntry[]
  /** When the next one is due after a time; absent when none is. */
  nextDue(after: Millis): Millis | undefined
  /** What waits, the oldest first; at most 10,000. */
  outbox(): OutboxEntry[]
  backlog(): Backlog
  /**
   * Notes how a try of a notification ended, and what is left to do; without that it is over. A try that met with the same as the one
   * before takes its line in the history.
   */
  tried(record: DeliveryRecord, left?: Remaining): void
  deliveries(query: HistoryQuery): DeliveryRecord[]

  /** Runs of reports, those of the newest dates first. */
  reports(query: {
    readonly schedule?: string | undefined
    readonly since?: Millis | undefined
    readonly limit: number
  }): ReportRun[]
  report(id: string): ReportRun | undefined
  /** What the report of a run says; absent where none was made. */
  reportDocument(id: string): ReportDocument | undefined
  schedule(name: string): ScheduleState | undefined
  /** A run, or a notification, whose id there is already is the same, and stays as it is. */
  commitReports(changes: ReportChanges): void
  /** Forgets runs that have expired, and of each part of a schedule all but the newest 500. */
  forgetReports(now: Millis): void

  /** Notes that a run of Visor that began `since` goes on. */
  watching(since: Millis, now: Millis): void
  /** When Visor ran between two times, each run as far as it was noted; the first first. */
  watched(between: { readonly from: Millis; readonly to: Millis }): { from: Millis; to: Millis }[]

  /** Who has unsubscribed, in the order of schedules and addresses. */
  unsubscribed(): Unsubscribed[]
  /** Takes an address, in whatever letters, off the list of a schedule's reports; who is off already stays so since then. */
  unsubscribe(request: Unsubscribed): void
  /** Takes that back; false when there is nothing to take back. */
  resubscribe(request: Pick<Unsubscribed, 'schedule' | 'address'>): boolean

  /** A secret of this state, made when it is first asked for: signs links. */
  secret(name: string): Buffer
  /** Keeps room in its file for when the disk is full; to be called at first, and now and then. */
  reserve(): void
  /** Forgets history (alerts that are over, transitions, deliveries, ended silences, runs) from before a time. */
  forget(before: Millis): void
  /** What is damaged in the database, for people: it was skipped, and stays there. The first hundred. */
  problems(): readonly string[]
  /** Puts its file aside, which is damaged, and goes on with what can be read of it; gives what that is. @throws VisorError STATE, DISK_FULL */
  mend(now: Millis): string | undefined
  close(): void
}
