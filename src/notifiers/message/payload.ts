import type { SignalLine } from '../../core/signal.ts'
import type { Alert, Notification } from '../../alerts/model.ts'
import type { NotifierDependencies } from '../kind.ts'
import { verdictOf } from './subject.ts'

/** How many alerts of each sort, and how many characters of a line are told. */
const ALERTS = 100
const LONGEST_LINE = 4000

/**
 * A notification for programs, as JSON. `version` changes when something of it does that is there already. Times are ISO 8601 in UTC,
 * shares 0 to 1. Texts of the log (labels, lines, and what is made of them) are as whoever asked wrote them: escape them.
 */
export function payloadOf(notification: Notification, { host, links }: NotifierDependencies) {
  const { id, occasion, severity, receiver, group, thread, created, title, firing, resolved, held } =
    notification
  return {
    version: 1,
    id,
    occasion,
    severity,
    receiver,
    host,
    group,
    thread,
    created: isoOf(created),
    title,
    verdict: verdictOf(notification),
    firing: firing.slice(0, ALERTS).map(alertOf),
    resolved: resolved.slice(0, ALERTS).map(alertOf),
    more: { firing: moreThan(firing), resolved: moreThan(resolved) },
    held: held ?? { count: 0, titles: [] },
    ...(links && { links: links(notification) })
  }
}

/** The same as text, in one line. */
export function payloadText(notification: Notification, dependencies: NotifierDependencies): string {
  return JSON.stringify(payloadOf(notification, dependencies))
}

function moreThan({ length }: readonly Alert[]): number {
  return Math.max(0, length - ALERTS)
}

function alertOf(alert: Alert) {
  const { id, rule, title, severity, phase, labels, evaluation, worst, evidence, acknowledged } = alert
  const { value, threshold, baseline, unit, samples, says } = evaluation
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
    says,
    evidence: {
      lines: evidence.lines.map(lineOf),
      errors: evidence.errors.map(lineOf),
      shares: evidence.shares,
      restart: isoOf(evidence.restart)
    },
    acknowledged: acknowledged && { ...acknowledged, at: isoOf(acknowledged.at) }
  }
}

function lineOf({ source, kind, time, text }: SignalLine) {
  return { source, kind, time: isoOf(time / 1000), text: text.slice(0, LONGEST_LINE) }
}

/** Of milliseconds since 1970. */
function isoOf(ms: number): string
function isoOf(ms: number | undefined): string | undefined
function isoOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
