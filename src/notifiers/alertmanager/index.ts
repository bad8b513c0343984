import * as z from 'zod'
import type { Alert, AlertNotification } from '../../alerts/model.ts'
import type { EvidenceLine } from '../../core/signal.ts'
import { MINUTE_MS, type Millis } from '../../core/time.ts'
import { printable } from '../../core/visible.ts'
import { durationSetting } from '../../settings/duration.ts'
import { notifierKind, Refused, type NotifierDependencies } from '../kind.ts'
import { caSetting, timeoutSetting, urlSetting } from '../settings.ts'

const MAX_LABEL_LENGTH = 500

/** Alertmanager has nothing that reports would fit into. */
const REFUSES_REPORTS =
  'Alertmanager takes alerts only: a report needs a receiver of another type, such as email or slack'

/** How long a test fires. */
const TEST_DURATION: Millis = MINUTE_MS

/** Alerts for Prometheus' Alertmanager. */
export const alertmanagerKind = notifierKind({
  name: 'alertmanager',
  summary: "alerts for Prometheus' Alertmanager",
  refusesReports: REFUSES_REPORTS,
  example: { url: 'http://127.0.0.1:9093' },
  options: z.strictObject({
    url: urlSetting('Where it is, without /api; a name and password may stand before the host.'),
    resolveTimeout: durationSetting(
      '1m',
      '30d',
      'After how long without news it should take an alert as resolved.'
    ).prefault('1d'),
    ca: caSetting,
    timeout: timeoutSetting
  }),
  async open({ resolveTimeout, url, ...options }, dependencies) {
    const { httpNotifier } = await import('../http.ts')
    const target = new URL(url)
    target.pathname = `${target.pathname.replace(/\/$/, '')}/api/v2/alerts`
    return httpNotifier('alertmanager', { ...options, url: target.href, secretPath: false }, notification => {
      if (notification.occasion === 'report') throw new Refused(REFUSES_REPORTS)
      const alerts = postedAlerts(notification, resolveTimeout, dependencies)
      return alerts.length > 0 ? { body: JSON.stringify(alerts) } : undefined
    })
  }
})

/** An alert as Alertmanager takes it (its API, version 2). */
interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** The alerts of a notification; without news one counts as resolved after `resolveTimeout`. */
export function postedAlerts(
  notification: AlertNotification,
  resolveTimeout: Millis,
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
    ...spanOf(alert.fired ?? alert.since, alert.resolved ?? dependencies.clock() + resolveTimeout),
    ...link
  }))
}

function testOf({ receiver, created }: AlertNotification, { host }: NotifierDependencies): PostedAlert {
  return {
    labels: { alertname: 'visor-test', severity: 'info', instance: host, receiver },
    annotations: { summary: `A test of the receiver ${receiver}` },
    ...spanOf(created, created + TEST_DURATION)
  }
}

/** None ends before it begins. */
function spanOf(from: Millis, to: Millis): Pick<PostedAlert, 'startsAt' | 'endsAt'> {
  return { startsAt: new Date(from).toISOString(), endsAt: new Date(Math.max(to, from + 1)).toISOString() }
}

/** What identifies an alert: the same while it fires and when it is resolved. */
function labelsOf({ rule, severity, labels }: Alert, host: string): Record<string, string> {
  const all: Record<string, string> = { alertname: rule, severity, instance: host }
  for (const [field, value] of Object.entries(labels)) {
    let name = nameOf(field)
    while (Object.hasOwn(all, name)) name += '_'
    // An empty one counts as absent there.
    all[name] = value === '' ? '(none)' : value.slice(0, MAX_LABEL_LENGTH).toWellFormed()
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
    summary: printable(title),
    description: printable(evaluation.summary, 300),
    ...(lines.length > 0 && { lines: joined(lines) }),
    ...(errors.length > 0 && { errors: joined(errors) })
  }
}

function joined(lines: readonly EvidenceLine[]): string {
  return lines.map(({ text }) => printable(text, 400)).join('\n')
}
