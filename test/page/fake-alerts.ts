import { randomUUID } from 'node:crypto'
import {
  SEVERITIES,
  type Alert,
  type DeliveryRecord,
  type Severity,
  type Silence,
  type Transition
} from '../../src/alerts/model.ts'
import {
  compiledSilences,
  isActive,
  parseAlertQuery,
  silenceOf
} from '../../src/alerts/notifications/silences.ts'
import type { AlertsService } from '../../src/server/alerts/service.ts'
import type { Links } from '../../src/server/alerts/links.ts'
import type { AlertsAnswer, AlertsStatus, Mail, MailHead, RuleStatus } from '../../src/server/alerts/types.ts'

/** A service over alerts in memory: the page's tests and its development run on it. */
export interface FakeAlertsService extends AlertsService {
  status(): AlertsStatus
  /** Adds an alert, or takes the place of the one of its id. */
  put(alert: Alert): void
  add(delivery: DeliveryRecord): void
  receive(mail: MailHead & Mail): void
  /** Calls `listener` whenever something has changed. */
  watch(listener: () => void): void
}

export interface FakeAlertsServiceOptions {
  readonly clock: () => number
  readonly links: Links
  readonly rules: readonly Omit<RuleStatus, 'firing' | 'pending'>[]
}

export function createAlertsService({ clock, links, rules }: FakeAlertsServiceOptions): FakeAlertsService {
  const alerts = new Map<string, Alert>()
  const silences = new Map<string, Silence>()
  const transitions: Transition[] = []
  const deliveries: DeliveryRecord[] = []
  const mails: (MailHead & Mail)[] = []
  let revision = 0
  let listener = (): void => {}
  const grow = (): void => {
    revision++
    listener()
  }

  const of = (phase: Alert['phase']): Alert[] =>
    [...alerts.values()].filter(alert => alert.phase === phase).toSorted(worstFirst)
  const lasting = (): readonly Silence[] =>
    [...silences.values()].filter(silence => isActive(silence, clock()))
  const viewed = (alert: Alert): AlertsAnswer['firing'][number] => {
    const silence = silenceOf(compiledSilences(lasting()), alert, clock())
    return { ...alert, ...(silence && { silence }), notified: ['ops mail'] }
  }
  const note = (alert: Alert, what: Transition['what'], summary = alert.evaluation.summary): void => {
    const { id, rule, key } = alert
    transitions.unshift({ at: clock(), alert: id, rule, key, what, summary })
    grow()
  }
  const changed = (id: string, change: (alert: Alert) => Alert, what: Transition['what']): boolean => {
    const alert = alerts.get(id)
    if (!alert || alert.phase === 'resolved') return false
    alerts.set(id, change(alert))
    note(alert, what)
    return true
  }

  return {
    status: () => {
      const [firing, pending] = [of('firing'), of('pending')]
      const [worst] = firing
      return {
        firing: bySeverity(firing),
        pending: bySeverity(pending),
        acknowledged: firing.filter(({ acknowledged }) => acknowledged).length,
        ...(worst && { worst: worst.severity }),
        silences: lasting().length,
        revision
      }
    },
    put(alert) {
      alerts.set(alert.id, alert)
      note(alert, alert.phase === 'firing' ? 'fired' : alert.phase)
    },
    add(delivery) {
      deliveries.unshift(delivery)
      grow()
    },
    receive(mail) {
      mails.unshift(mail)
      grow()
    },
    watch: watching => void (listener = watching),
    answer: () => ({
      firing: of('firing').map(viewed),
      pending: of('pending').map(viewed),
      resolved: of('resolved').map(viewed),
      silences: lasting().map(silence => ({
        ...silence,
        alerts: of('firing').flatMap(alert => (viewed(alert).silence?.id === silence.id ? [alert.id] : []))
      })),
      rules: rules.map(rule => ({
        ...rule,
        firing: of('firing').filter(alert => alert.rule === rule.name).length,
        pending: of('pending').filter(alert => alert.rule === rule.name).length
      })),
      receivers: [
        { name: 'ops mail', muted: true, limited: false, held: { count: 2, titles: ['Slow answers'] } }
      ],
      deliveries,
      outbox: { waiting: 0 }
    }),
    history: ({ alert, rule, limit }) =>
      transitions
        .filter(one => one.alert === (alert ?? one.alert) && one.rule === (rule ?? one.rule))
        .slice(0, limit),
    alert: id => alerts.get(id),
    acknowledge: ({ alert, comment }, { name: owner }) =>
      changed(alert, one => ({ ...one, acknowledged: { owner, comment, at: clock() } }), 'acknowledged'),
    unacknowledge: id => changed(id, released, 'unacknowledged'),
    silence({ query, reason, for: ms }, { name: author }) {
      parseAlertQuery(query)
      const silence = { id: randomUUID(), query, author, reason, created: clock(), ends: clock() + ms }
      silences.set(silence.id, silence)
      grow()
      return silence
    },
    endSilence(id) {
      const ended = silences.delete(id)
      grow()
      return ended
    },
    mails: async () => mails.map(({ name, subject, at }) => ({ name, subject, at })),
    mail: async name => mails.find(mail => mail.name === name),
    act: token => links.read(token)
  }
}

function released(alert: Alert): Alert {
  const { acknowledged, ...rest } = alert
  return acknowledged ? rest : alert
}

function worstFirst(a: Alert, b: Alert): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.since - a.since
}

function bySeverity(alerts: readonly Alert[]): Record<Severity, number> {
  const count = (severity: Severity): number => alerts.filter(alert => alert.severity === severity).length
  return { info: count('info'), warning: count('warning'), critical: count('critical') }
}
