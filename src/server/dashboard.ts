import type { ActsService } from './acts.ts'
import type { AlertsService } from './alerts/service.ts'
import type { Answers } from '../store/index.ts'
import type { SubscriptionsService } from './reports/unsubscribe.ts'
import type { ProbesService } from './probes.ts'
import type { Period, SourcesAnswer, Status, Summary } from './api-types.ts'
import type { ReportsService } from './reports/reports.ts'

/** What the server shows: the rest of Visor, seen from here. */
export interface Dashboard {
  /** How things stand now. Called about four times a second while a page is open, so it must be cheap. */
  status(): Status
  /** The analysis of a period. Calls for the same period within a second are one call. */
  summary(period: Period): Promise<Summary>
  /** What became of all that there ever was of each source. Absent where nothing is stored. */
  sources?(): Promise<SourcesAnswer>
  /** Answers about stored lines. Absent where there is no store. */
  readonly answers?: Answers
  /** Absent where no rules are evaluated; `status()` has `alerts` exactly where this is. */
  readonly alerts?: AlertsService
  /** The audit log. Absent where nothing is kept. */
  readonly acts?: ActsService
  /** Who gets the reports of schedules. Absent where no mails are sent. */
  readonly subscriptions?: SubscriptionsService
  /** How Visor itself does. Absent where nobody watches over it. */
  readonly probes?: ProbesService
  /** Absent where no reports are made at set times; `status()` has `reports` exactly where this is. */
  readonly reports?: ReportsService
  /** Calls `listener` whenever `status()` has something new, of alerts too; the result ends that. */
  subscribe(listener: () => void): () => void
}
