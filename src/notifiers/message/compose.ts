import type { Alert, AlertNotification, Notification } from '../../alerts/model.ts'
import type { Millis } from '../../core/time.ts'
import { counted, formatCount, formatSpan, utcText } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import type { NotifierDependencies } from '../kind.ts'
import { detailOf, toneOf } from './detail.ts'
import type { ListedAlert, Listing, Message } from './message.ts'
import { reportMessage } from './report.ts'
import { timingOf } from './timing.ts'
import { durationOf, subjectOf } from './wording.ts'

/** How many alerts, and how many titles of what was held back, are listed. */
const MAX_FIRING = 10
const MAX_RESOLVED = 5
const MAX_HELD = 10

/** Makes a notification ready to be read; it never suggests to block the addresses that are `ignored`. */
export function composeMessage(
  notification: Notification,
  dependencies: NotifierDependencies,
  ignored: (address: string) => boolean
): Message {
  return notification.occasion === 'report'
    ? reportMessage(notification, dependencies)
    : alertMessage(notification, dependencies, ignored)
}

function alertMessage(
  notification: AlertNotification,
  dependencies: NotifierDependencies,
  ignored: (address: string) => boolean
): Message {
  const now = dependencies.clock()
  const { firing, resolved, held } = notification
  const worst = firing[0] ?? resolved[0]
  const several = firing.length + resolved.length > 1
  const timing = timingOf(notification, now, dependencies.latencies())
  const links = linksOf(notification, dependencies)
  const head = headOf(notification, dependencies)
  return {
    subject: subjectOf(notification),
    ...head,
    notes: notesOf(notification, worst, head.heading),
    figures: [],
    ...(worst && { detail: detailOf(worst, ignored) }),
    firing: listing(several ? firing : [], MAX_FIRING, alert => rowOf(alert, now, head.heading)),
    resolved: listing(several ? resolved : [], MAX_RESOLVED, alert => rowOf(alert, now, head.heading)),
    held: {
      ...listing(held?.titles ?? [], MAX_HELD, title => printable(title)),
      more: (held?.count ?? 0) - Math.min(MAX_HELD, held?.titles.length ?? 0)
    },
    ...(timing && { timing }),
    ...(links && { links }),
    footer: [footerOf(notification, worst, dependencies)]
  }
}

function headOf(
  notification: AlertNotification,
  { name, host }: NotifierDependencies
): Pick<Message, 'tone' | 'badge' | 'heading' | 'summary'> {
  const { firing, resolved, severity, occasion, created, title } = notification
  const worst = firing[0] ?? resolved[0]
  if (occasion === 'test' && !worst)
    return {
      tone: 'neutral',
      badge: 'TEST',
      heading: `A test of the receiver ${printable(name)}`,
      summary: `Notifications from Visor on ${printable(host)} arrive here.`
    }
  const tone = firing.length > 0 ? severity : resolved.length > 0 ? 'good' : 'neutral'
  const badge = firing.length > 0 ? severity : resolved.length > 0 ? 'resolved' : occasion
  const ofOneRule = worst && new Set([...firing, ...resolved].map(({ rule }) => rule)).size === 1
  return {
    tone,
    badge: badge.toUpperCase(),
    heading: ofOneRule ? printable(worst.title) : worst ? countText(notification) : printable(title),
    summary: worst ? summaryOf(worst, !ofOneRule, created) : ''
  }
}

function summaryOf(alert: Alert, titled: boolean, now: Millis): string {
  const found = printable(alert.evaluation.summary, 300)
  const summary = titled ? `${printable(alert.title)}: ${found}` : found
  return alert.phase === 'resolved' ? `Resolved after ${durationOf(alert, now)}. Now ${summary}` : summary
}

function notesOf(notification: AlertNotification, worst: Alert | undefined, heading: string): string[] {
  const { occasion, firing, resolved, created } = notification
  const count = countText(notification)
  const details = `details are of the ${firing.length > 0 ? 'worst' : 'first'} one.`
  return [
    ...(occasion === 'test' && worst ? ['This is a test: none of it is real.'] : []),
    ...(occasion === 'reminder' && worst ? [`Still firing after ${durationOf(worst, created)}.`] : []),
    ...(occasion === 'silence over' ? ['The silence has ended, and it is still firing.'] : []),
    ...(firing.length + resolved.length > 1
      ? [count === heading ? details.replace('d', 'D') : `${count}; ${details}`]
      : []),
    ...(worst ? stateOf(worst) : [])
  ]
}

/** `14 alerts firing, 1 resolved`. */
function countText({ firing, resolved }: AlertNotification): string {
  if (firing.length === 0) return `${counted(resolved.length, 'alert')} resolved`
  const over = resolved.length > 0 ? `, ${formatCount(resolved.length)} resolved` : ''
  return `${counted(firing.length, 'alert')} firing${over}`
}

function stateOf({ since, evidence, acknowledged, unknown, flapping, phase }: Alert): string[] {
  const { restart } = evidence
  return [
    ...(restart === undefined
      ? []
      : [`It began ${formatSpan(Math.max(0, since - restart))} after a restart of the server.`]),
    ...(acknowledged ? [acknowledgedText(acknowledged)] : []),
    ...(unknown === undefined || phase === 'resolved' ? [] : [`No data since ${utcText(unknown)}.`]),
    ...(flapping
      ? ['Flapping: it keeps firing and resolving. Notifications are muted until it settles.']
      : [])
  ]
}

function acknowledgedText({ owner, comment }: NonNullable<Alert['acknowledged']>): string {
  return `Acknowledged by ${printable(owner, 60)}${comment === '' ? '.' : `: ${printable(comment)}`}`
}

function listing<From, To>(all: readonly From[], max: number, to: (one: From) => To): Listing<To> {
  return { items: all.slice(0, max).map(to), more: Math.max(0, all.length - max) }
}

/** `heading` needs not be repeated. */
function rowOf(alert: Alert, now: Millis, heading: string): ListedAlert {
  const labels = Object.entries(alert.labels).map(([field, value]) => `${field}: ${value}`)
  return {
    tone: toneOf(alert),
    badge: alert.phase === 'resolved' ? 'RESOLVED' : alert.severity.toUpperCase(),
    title: alert.title === heading && labels.length > 0 ? '' : printable(alert.title, 80),
    labels: printable(labels.join(', '), 120),
    summary: printable(alert.evaluation.summary, 160),
    duration: durationOf(alert, now)
  }
}

function linksOf(notification: AlertNotification, { links }: NotifierDependencies): Message['links'] {
  const all = links?.(notification)
  // What is resolved or only a test can be looked at, and no more.
  const open = notification.firing.length > 0 && notification.occasion !== 'test'
  return all && !open ? { show: all.show } : all
}

function footerOf(
  { id, occasion }: AlertNotification,
  worst: Alert | undefined,
  { name, host }: NotifierDependencies
): string {
  const rule = worst ? `rule ${printable(worst.rule)}, ` : ''
  return `Visor on ${printable(host)}: ${rule}${occasion === 'test' ? 'test of ' : ''}receiver ${printable(name)}, notification ${printable(id)}.`
}
