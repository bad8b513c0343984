import type { Millis } from '../../core/time.ts'
import { formatCount, formatSpan } from '../../core/units.ts'
import { hashOf, NO_EVIDENCE } from '../life.ts'
import { SEVERITIES, type Alert, type AlertNotification, type Severity } from '../model.ts'
import { formatValue } from '../units.ts'
import type { Flow, HeldBack, PendingNotification } from './flow.ts'

/** How many alerts of each sort a notification lists, and how many of them with their evidence. */
const MAX_ALERTS = 100
const MAX_EVIDENCE = 10

/** How much of a label stands in a title, in characters. */
const MAX_LABEL_LENGTH = 80

/** How a label is named in a title; the others stand in parentheses. */
const NAMED: Readonly<Record<string, string>> = { vhost: 'on', client: 'from', path: 'at' }

/** An alert's verdict, of as many others as there are, in one line: `Server errors on shop and 2 more: 7.2 % of 1,204 requests`. */
function verdictOf(alert: Alert, others = 0): string {
  const flaps = alert.flapping ? 'flapping: ' : ''
  return `${flaps}${nameOf(alert, others)}: ${alert.evaluation.summary}`
}

/** Title and labels: `Server errors on shop.example.org`. */
function nameOf({ title, labels }: Alert, others: number): string {
  const parts = Object.entries(labels).map(([field, value]) => {
    const text = value === '' ? `no ${field}` : shortened(value)
    const word = NAMED[field]
    return word === undefined || value === '' ? `(${text})` : `${word} ${text}`
  })
  return [title, ...parts, ...(others > 0 ? [`and ${formatCount(others)} more`] : [])].join(' ')
}

function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 2 * MAX_LABEL_LENGTH))
  return characters.length > MAX_LABEL_LENGTH || text.length > 2 * MAX_LABEL_LENGTH
    ? `${characters.slice(0, MAX_LABEL_LENGTH - 1).join('')}…`
    : text
}

/** Stage: makes the notification. `serial` counts those of a thread, so that the same one has the same id. */
export function composition(flow: Flow): Flow {
  const { group, receiver, thread, now, pending } = flow
  if (!pending) return flow
  const { occasion, firing, resolved } = pending
  const id = hashOf(group, receiver.name, thread.start, thread.serial)
  const notification: AlertNotification = {
    id,
    receiver: receiver.name,
    occasion,
    group,
    thread: thread.thread ?? id,
    created: now,
    severity: worstSeverity([...firing, ...resolved]),
    title: titleOf(pending, flow.news.length, now),
    firing: listed(firing),
    resolved: listed(resolved)
  }
  return { ...flow, notification }
}

/** What was held back, as one notification. */
export function digestOf(
  receiver: string,
  { firing, resolved }: Pick<AlertNotification, 'firing' | 'resolved'>,
  { count, titles }: Pick<HeldBack, 'count' | 'titles'>,
  now: Millis
): AlertNotification {
  const id = hashOf(receiver, 'digest', now)
  const [worst] = sorted(firing)
  const state = worst ? `still firing: ${verdictOf(worst, firing.length - 1)}` : 'all of it is over'
  return {
    id,
    receiver,
    occasion: 'digest',
    group: '',
    thread: id,
    created: now,
    severity: worstSeverity([...firing, ...resolved]),
    title: `${formatCount(count)} held back, ${state}`,
    firing: listed(firing),
    resolved: listed(resolved),
    held: { count, titles }
  }
}

function titleOf({ occasion, firing, resolved }: PendingNotification, news: number, now: Millis): string {
  const [first] = sorted(news > 0 ? firing.slice(0, news) : firing)
  if (!first) return overOf(resolved)
  const verdict = verdictOf(first, firing.length - 1)
  switch (occasion) {
    case 'more':
      return `${formatCount(news)} more, ${formatCount(firing.length)} in all: ${verdictOf(first)}`
    case 'reminder':
      return `still firing after ${formatSpan(now - first.since)}: ${verdict}`
    case 'silence over':
      return `silence over, still firing: ${verdict}`
    default:
      return verdict
  }
}

/** `resolved after 4 min: Server errors on shop: at worst 12 %, now 0.2 % of 900 requests in 1m (limit 5 %)`. */
function overOf(resolved: readonly Alert[]): string {
  const [first] = sorted(resolved)
  if (!first) return 'resolved'
  const { since, resolved: end = since, worst, evaluation, flapping } = first
  const value = worst === undefined ? '' : `at worst ${formatValue(worst, evaluation.unit)}, now `
  const flaps = flapping ? 'flapping, notified again once it has settled: ' : ''
  const name = nameOf(first, resolved.length - 1)
  return `${flaps}resolved after ${formatSpan(end - since)}: ${name}: ${value}${evaluation.summary}`
}

function listed(alerts: readonly Alert[]): Alert[] {
  return sorted(alerts)
    .slice(0, MAX_ALERTS)
    .map((alert, i) => (i < MAX_EVIDENCE ? alert : { ...alert, evidence: NO_EVIDENCE }))
}

/** The worst first. */
export function sorted(alerts: readonly Alert[]): Alert[] {
  return alerts.toSorted(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      excessOf(b) - excessOf(a) ||
      a.since - b.since ||
      (a.key < b.key ? -1 : 1)
  )
}

/** How many times its threshold the worst value of an alert was, or the threshold the value. */
function excessOf({ worst, evaluation: { threshold } }: Alert): number {
  if (worst === undefined || worst === threshold) return 1
  const [large, small] = worst > threshold ? [worst, threshold] : [threshold, worst]
  return large / (small || 1)
}

function worstSeverity(alerts: readonly Alert[]): Severity {
  return SEVERITIES.findLast(severity => alerts.some(alert => alert.severity === severity)) ?? 'info'
}
