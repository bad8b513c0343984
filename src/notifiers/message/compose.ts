import type { Alert, Notification } from '../../alerts/model.ts'
import { formatCount, formatSpan } from '../../core/units.ts'
import type { NotifierDependencies } from '../kind.ts'
import { detailOf, toneOf } from './detail.ts'
import { momentText, shown } from './shown.ts'
import { lastedText, subjectOf } from './subject.ts'
import { timingOf } from './timing.ts'
import type { Listing, Row, View } from './view.ts'

/** How many alerts, and how many titles of what was held back, are listed. */
const FIRING = 10
const RESOLVED = 5
const HELD = 10

/** Makes a notification ready to be read; `ignored` are addresses that nobody is advised to keep out. */
export function viewOf(
  notification: Notification,
  dependencies: NotifierDependencies,
  ignored: (address: string) => boolean
): View {
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
    remarks: remarksOf(notification, worst),
    ...(worst && { detail: detailOf(worst, ignored) }),
    firing: listing(several ? firing : [], FIRING, alert => rowOf(alert, now, head.heading)),
    resolved: listing(several ? resolved : [], RESOLVED, alert => rowOf(alert, now, head.heading)),
    held: {
      ...listing(held?.titles ?? [], HELD, title => shown(title)),
      more: (held?.count ?? 0) - Math.min(HELD, held?.titles.length ?? 0)
    },
    ...(timing && { timing }),
    ...(links && { links }),
    footer: footerOf(notification, worst, dependencies)
  }
}

function headOf(
  notification: Notification,
  { name, host }: NotifierDependencies
): Pick<View, 'tone' | 'badge' | 'heading' | 'verdict'> {
  const { firing, resolved, severity, occasion, created, title } = notification
  const worst = firing[0] ?? resolved[0]
  if (occasion === 'test' && !worst)
    return {
      tone: 'calm',
      badge: 'TEST',
      heading: `A test of the receiver ${shown(name)}`,
      verdict: `Notifications of Visor on ${shown(host)} arrive here.`
    }
  const tone = firing.length > 0 ? severity : resolved.length > 0 ? 'good' : 'calm'
  const badge = firing.length > 0 ? severity : resolved.length > 0 ? 'resolved' : occasion
  const sole = worst && new Set([...firing, ...resolved].map(({ rule }) => rule)).size === 1
  return {
    tone,
    badge: badge.toUpperCase(),
    heading: sole ? shown(worst.title) : worst ? countText(notification) : shown(title),
    verdict: worst ? verdictOf(worst, !sole, created) : ''
  }
}

function verdictOf(alert: Alert, named: boolean, now: number): string {
  const says = shown(alert.evaluation.says, 300)
  const said = named ? `${shown(alert.title)}: ${says}` : says
  return alert.phase === 'resolved' ? `Over after ${lastedText(alert, now)}. Now ${said}` : said
}

function remarksOf(notification: Notification, worst: Alert | undefined): string[] {
  const { occasion, firing, resolved, created } = notification
  const all = firing.length + resolved.length
  return [
    ...(occasion === 'test' && worst ? ['This is a test: nothing of it is real.'] : []),
    ...(occasion === 'reminder' && worst ? [`It still fires, for ${lastedText(worst, created)} now.`] : []),
    ...(occasion === 'silence over' ? ['A silence is over, and it still fires.'] : []),
    ...(all > 1
      ? [`${countText(notification)}; this is the ${firing.length > 0 ? 'worst' : 'first'} one.`]
      : []),
    ...(worst ? stateOf(worst) : [])
  ]
}

function countText({ firing, resolved }: Notification): string {
  const over = `${formatCount(resolved.length)} ${resolved.length === 1 ? 'is' : 'are'} over`
  if (firing.length === 0) return `${formatCount(resolved.length)} alerts are over`
  const fire = firing.length === 1 ? '1 alert fires' : `${formatCount(firing.length)} alerts fire`
  return resolved.length === 0 ? fire : `${fire}, ${over}`
}

function stateOf({ since, evidence, acknowledged, unknown, flapping, phase }: Alert): string[] {
  const { restart } = evidence
  return [
    ...(restart === undefined
      ? []
      : [`It began ${formatSpan(Math.max(0, since - restart))} after a restart of the server.`]),
    ...(acknowledged ? [acknowledgedText(acknowledged)] : []),
    ...(unknown === undefined || phase === 'resolved'
      ? []
      : [`Nothing is known of it since ${momentText(unknown)}.`]),
    ...(flapping ? ['It fires and resolves again and again; nothing more is sent until it rests.'] : [])
  ]
}

function acknowledgedText({ owner, comment }: NonNullable<Alert['acknowledged']>): string {
  return `${shown(owner, 60)} has it in hand${comment === '' ? '.' : `: ${shown(comment)}`}`
}

function listing<From, To>(all: readonly From[], most: number, to: (one: From) => To): Listing<To> {
  return { items: all.slice(0, most).map(to), more: Math.max(0, all.length - most) }
}

/** `heading` needs not to be said again. */
function rowOf(alert: Alert, now: number, heading: string): Row {
  const labels = Object.entries(alert.labels).map(([field, value]) => `${field}: ${value}`)
  return {
    tone: toneOf(alert),
    badge: alert.phase === 'resolved' ? 'RESOLVED' : alert.severity.toUpperCase(),
    title: alert.title === heading && labels.length > 0 ? '' : shown(alert.title, 80),
    labels: shown(labels.join(', '), 120),
    says: shown(alert.evaluation.says, 160),
    lasted: lastedText(alert, now)
  }
}

function linksOf(notification: Notification, { links }: NotifierDependencies): View['links'] {
  const all = links?.(notification)
  // What is resolved or only a test can be looked at, and no more.
  const open = notification.firing.length > 0 && notification.occasion !== 'test'
  return all && !open ? { show: all.show } : all
}

function footerOf(
  { id, occasion }: Notification,
  worst: Alert | undefined,
  { name, host }: NotifierDependencies
): string[] {
  const rule = worst ? `rule ${shown(worst.rule)}, ` : ''
  return [
    `Visor on ${shown(host)}: ${rule}${occasion === 'test' ? 'test of ' : ''}receiver ${shown(name)}, notification ${shown(id)}.`
  ]
}
