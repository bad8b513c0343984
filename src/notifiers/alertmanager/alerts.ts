import type { SignalLine } from '../../core/signal.ts'
import type { Alert, Notification } from '../../alerts/model.ts'
import type { NotifierDependencies } from '../kind.ts'
import { shown } from '../message/shown.ts'

/** Characters of a label's value. */
const LONGEST = 500

/** How long a test fires, in milliseconds. */
const TEST = 60_000

/** An alert as Alertmanager takes it (its API, version 2). */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** The alerts of a notification. `lasts`: for how long an alert is believed to fire, in milliseconds. */
export function alertsOf(
  notification: Notification,
  lasts: number,
  dependencies: NotifierDependencies
): PostedAlert[] {
  const show = dependencies.links?.(notification).show
  const link = show === undefined ? {} : { generatorURL: show }
  const all = [...notification.firing, ...notification.resolved]
  if (notification.occasion === 'test' && all.length === 0)
    return [{ ...testOf(notification, dependencies), ...link }]
  return all.map(alert => ({
    labels: labelsOf(alert, dependencies.host),
    annotations: annotationsOf(alert),
    ...spanOf(alert.fired ?? alert.since, alert.resolved ?? dependencies.clock() + lasts),
    ...link
  }))
}

function testOf({ receiver, created }: Notification, { host }: NotifierDependencies): PostedAlert {
  return {
    labels: { alertname: 'visor-test', severity: 'info', instance: host, receiver },
    annotations: { summary: `A test of the receiver ${receiver}` },
    ...spanOf(created, created + TEST)
  }
}

/** Of milliseconds since 1970; none ends before it begins. */
function spanOf(from: number, to: number): Pick<PostedAlert, 'startsAt' | 'endsAt'> {
  return { startsAt: new Date(from).toISOString(), endsAt: new Date(Math.max(to, from + 1)).toISOString() }
}

/** What tells an alert from others: the same while it fires and when it is over. */
function labelsOf({ rule, severity, labels }: Alert, host: string): Record<string, string> {
  const all: Record<string, string> = { alertname: rule, severity, instance: host }
  for (const [field, value] of Object.entries(labels)) {
    let name = nameOf(field)
    while (Object.hasOwn(all, name)) name += '_'
    // An empty one counts as absent there.
    all[name] = value === '' ? '(none)' : value.slice(0, LONGEST).toWellFormed()
  }
  return all
}

/** A name that every version takes for a label: `header.accept` becomes `header_accept`. */
function nameOf(field: string): string {
  const name = field.replaceAll(/\W/g, '_')
  return /^(\d|__|$)/.test(name) ? `label_${name}` : name
}

function annotationsOf({ title, evaluation, evidence: { lines, errors } }: Alert): Record<string, string> {
  return {
    summary: shown(title),
    description: shown(evaluation.says, 300),
    ...(lines.length > 0 && { lines: textOf(lines) }),
    ...(errors.length > 0 && { errors: textOf(errors) })
  }
}

function textOf(lines: readonly SignalLine[]): string {
  return lines.map(({ text }) => shown(text, 400)).join('\n')
}
