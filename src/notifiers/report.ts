import { hashOf } from '../alerts/life.ts'
import type { ReportAttachment, ReportNotification, Severity } from '../alerts/model.ts'
import type { ClassTone } from '../core/metric.ts'
import type { Millis } from '../core/time.ts'
import type { ReportDocument } from '../reports/block.ts'
import { withTexts } from '../reports/saved.ts'

/** Characters of a text: some of those of a log have no end, and a report is kept until it is delivered. */
const MAX_TEXT = 1000

/** How a report is sent. */
export interface ReportDelivery {
  /** The receiver's name in the configuration. */
  readonly receiver: string
  readonly schedule: string
  /** Which of the schedule's reports it is, where one fans out: the vhost, say. */
  readonly part?: string
  /** The run that it is made by, by its id: that of another run is another message, though it may be of the same period. */
  readonly run: string
  readonly created: Millis
  /** A few lines of text that mails have instead of the document. */
  readonly plain?: string | undefined
  readonly attachments?: readonly ReportAttachment[]
  /** Who gets the mail instead of those whom the receiver names: plain addresses. */
  readonly to?: readonly string[]
}

const SEVERITY: Readonly<Record<ClassTone, Severity>> = {
  success: 'info',
  info: 'info',
  other: 'info',
  warning: 'warning',
  critical: 'critical'
}

/** A report as a receiver is sent it. That of the same run and receiver is the same notification. */
export function reportNotification(
  document: ReportDocument,
  { receiver, schedule, part = '', run, created, plain, attachments = [], to }: ReportDelivery
): ReportNotification {
  const short = withTexts(document, text => text.slice(0, MAX_TEXT).toWellFormed())
  const { subject, verdict } = short
  const of = ['report', receiver, schedule, part] as const
  return {
    id: `report-${hashOf(...of, run)}`,
    receiver,
    occasion: 'report',
    group: JSON.stringify(of),
    thread: `reports-${hashOf(...of)}`,
    created,
    severity: SEVERITY[verdict.tone],
    title: subject,
    schedule,
    document: short,
    attachments,
    ...(plain !== undefined && { plain }),
    ...(to && { to })
  }
}
