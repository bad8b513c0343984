import type { ClassTone } from '../core/metric.ts'
import type { Millis } from '../core/time.ts'
import type { Interval, MissedDates } from './schedule.ts'

/** What became of one date of a schedule, or of one of its parts: a line of history. */
export interface ReportRun {
  /** Unique; safe in addresses and names of files. */
  readonly id: string
  readonly schedule: string
  /** The vhost, source or value of a label that it is about, where the schedule has a report for each; it may be log text. */
  readonly part?: string
  /** When it was to be made, the first such date of those that were missed; and when it was. */
  readonly due: Millis
  readonly at: Millis
  /** Somebody asked for it: it is none of the schedule's dates. */
  readonly manual?: true
  /** What it is about; absent for missed ones. */
  readonly interval?: Interval
  /** The zone of its days and hours. */
  readonly zone: string
  /**
   * `sent`: handed to its receivers' outbox. `quiet`: there was nothing to say, and nothing was sent. `missed`: dates that will
   * have no report. `failed`: it could not be made. `left`: parts that have none, since there are too many.
   */
  readonly state: 'sent' | 'quiet' | 'missed' | 'failed' | 'left'
  /** Why it failed, or was missed; what was wrong with one that was sent all the same. For people. */
  readonly why?: string
  /** The mail's subject without the name of schedule or part before it; it may hold log text. */
  readonly subject?: string
  readonly tone?: ClassTone
  readonly missed?: MissedDates
  /** What was sent, to which receivers. */
  readonly notifications: readonly { readonly id: string; readonly receiver: string }[]
}

/** What became of a run, in words; `unwanted` is one that all who would get it have unsubscribed from. */
export const RUN_STATES: Readonly<Record<ReportRun['state'] | 'unwanted', string>> = {
  sent: 'sent',
  quiet: 'all quiet, not sent',
  missed: 'missed',
  failed: 'failed',
  left: 'left out',
  unwanted: 'not sent'
}
