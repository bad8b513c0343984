import type { Alert, AlertNotification, Notification, ReportNotification } from '../../alerts/model.ts'
import type { EvidenceLine } from '../../core/signal.ts'
import { toMillis, type Millis } from '../../core/time.ts'
import type { NotifierDependencies } from '../kind.ts'
import { reportLinks } from './report.ts'
import { headlineOf } from './wording.ts'

/** How many alerts of each sort, and how many characters of a line it contains. */
const MAX_ALERTS = 100
const MAX_LINE_LENGTH = 4000

/**
 * A notification for programs, as JSON in one line. `version` changes when something of it does that is there already. Times are ISO 8601 in UTC,
 * shares 0 to 1. Texts of the log (labels, lines, and what is made of them) are as whoever asked wrote them: escape them.
 */
export function payloadText(notification: Notification, dependencies: NotifierDependencies): string {
  const { id, occasion, severity, receiver, group, thread, created, title } = notification
  return JSON.stringify({
    version: 1,
    id,
    occasion,
    severity,
    receiver,
    host: dependencies.host,
    group,
    thread,
    created: isoOf(created),
    title,
    summary: headlineOf(notification),
    ...(notification.occasion === 'report' ? reportOf(notification) : alertsOf(notification, dependencies))
  })
}

function reportOf({ schedule, document }: ReportNotification) {
  const { link: _link, online: _online, period, ...report } = document
  return {
    schedule,
    report: {
      ...report,
      ...(period && {
        period: { ...period, from: isoOf(toMillis(period.from)), to: isoOf(toMillis(period.to)) }
      })
    },
    links: reportLinks(document)
  }
}

function alertsOf(notification: AlertNotification, { links }: NotifierDependencies) {
  const { firing, resolved, held } = notification
  return {
    firing: firing.slice(0, MAX_ALERTS).map(alertOf),
    resolved: resolved.slice(0, MAX_ALERTS).map(alertOf),
    more: { firing: moreThan(firing), resolved: moreThan(resolved) },
    held: held ?? { count: 0, titles: [] },
    ...(links && { links: links(notification) })
  }
}

function moreThan({ length }: readonly Alert[]): number {
  return Math.max(0, length - MAX_ALERTS)
}

function alertOf(alert: Alert) {
  const { id, rule, title, severity, phase, labels, evaluation, worst, evidence, acknowledged } = alert
  const { value, threshold, baseline, unit, samples, summary } = evaluation
  return {
    id,
    rule,
    title,
    severity,
    phase,
    labels,
    since: isoOf(alert.since),
    fired: isoOf(alert.fired),
    resolved: isoOf(alert.resolved),
    value,
    threshold,
    baseline,
    worst,
    unit,
    samples,
    summary,
    evidence: {
      lines: evidence.lines.map(lineOf),
      errors: evidence.errors.map(lineOf),
      shares: evidence.shares,
      restart: isoOf(evidence.restart)
    },
    acknowledged: acknowledged && { ...acknowledged, at: isoOf(acknowledged.at) }
  }
}

function lineOf({ source, kind, time, text }: EvidenceLine) {
  return { source, kind, time: isoOf(toMillis(time)), text: text.slice(0, MAX_LINE_LENGTH) }
}

function isoOf(time: Millis | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString()
}
