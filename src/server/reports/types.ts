import type { ReportedPeriod } from '../../reports/schedule.ts'
import type { ReportRun } from '../../reports/run.ts'
import type { Millis } from '../../core/time.ts'

/*
 * The types of the answers about reports that are made at set times. Types only: the page is built from them. Subjects and the
 * names of vhosts may be text of logs.
 */

/** In short: part of the status that pages get four times a second. */
export interface ReportsStatus {
  /** How many schedules there are. */
  readonly schedules: number
  /** Another one whenever `/api/reports` has something new. */
  readonly revision: number
}

/** `GET /api/reports`: the schedules, and what became of their dates. */
export interface ReportsAnswer {
  readonly schedules: readonly ScheduleStatus[]
  /** The newest dates first, at most a hundred. */
  readonly runs: readonly RunStatus[]
}

/** A schedule, and how it stands. */
export interface ScheduleStatus {
  readonly name: string
  /** When it runs: `every 5m`, `0 7 * * 1 (Europe/Berlin)`. */
  readonly recurrence: string
  readonly period: ReportedPeriod
  readonly zone: string
  /** It has a report for each of these: vhost, source, or a label of sources. */
  readonly each?: string
  /** Those who get it, where its parts have none of their own. */
  readonly receivers: readonly string[]
  readonly next: Millis
  /** For people: what a report whose date has come waits for. */
  readonly waits?: string
}

/** A run, and what became of what was sent. */
export interface RunStatus extends Omit<ReportRun, 'state'> {
  /** `unwanted`: it was not sent, since all who would get it have unsubscribed. */
  readonly state: ReportRun['state'] | 'unwanted'
  /** Whether its report can be read at `/reports/ID`. */
  readonly readable: boolean
  readonly deliveries: readonly ReportDelivered[]
}

/** How a report stands with one receiver. */
export interface ReportDelivered {
  readonly receiver: string
  /** `waiting` until it was tried. */
  readonly state: 'waiting' | 'sent' | 'partly' | 'later' | 'failed' | 'unwanted'
  /** Whom it reached, and what was said. */
  readonly summary?: string
}
