import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { isFiring } from '../alerts/alerts.ts'
import { SEVERITIES, type Alert, type Severity } from '../alerts/model.ts'
import { parseAlertQuery } from '../alerts/notifications/silences.ts'
import type { Rule } from '../alerts/rules/index.ts'
import type { Caller } from '../core/caller.ts'
import { VisorError } from '../core/errors.ts'
import { DAY_MS } from '../core/time.ts'
import { formatSpan } from '../core/units.ts'
import { listMails, MAIL_FOLDER, readMail } from '../notifiers/mailbox/files.ts'
import { printQuery } from '../query/index.ts'
import type { AlertsService } from '../server/alerts/service.ts'
import type { AlertsAnswer, AlertsStatus, ExplainAnswer, RuleStatus } from '../server/alerts/types.ts'
import type { RunningAlerts } from './alerts.ts'

/** How many alerts that fire (and as many that are about to), alerts that are over, deliveries and mails are shown. */
const [MAX_LIVE, MAX_RESOLVED, MAX_DELIVERIES, MAX_MAILS] = [200, 100, 100, 200]

/** What the server shows of alerts, and what people do about them. `folder` is that of the store. */
export function alertsService(alerts: RunningAlerts, folder: string): AlertsService {
  const { state, clock, acts } = alerts
  const mails = join(folder, MAIL_FOLDER)
  const acknowledge = (alert: string, caller: Caller, comment: string, undo: boolean): boolean => {
    if (!alerts.alerting.alert(alert)) return false
    const { name: owner } = caller
    alerts.save(alerts.alerting.acknowledge({ alert, owner, comment, at: clock(), undo }, clock()))
    acts.record(caller, { what: undo ? 'unacknowledge' : 'acknowledge', about: withRemark(alert, comment) })
    return true
  }
  const silenced = (): void => alerts.save(alerts.alerting.silences(state.silences(), clock()))
  return {
    answer: () => answerOf(alerts),
    history: query => state.transitions(query),
    alert: id => alerts.alerting.alert(id) ?? state.alert(id),
    acknowledge: ({ alert, comment }, caller) => acknowledge(alert, caller, comment, false),
    unacknowledge: (alert, caller) => acknowledge(alert, caller, '', true),
    silence({ query, reason, for: lasting }, caller) {
      const { name: author } = caller
      const created = clock()
      const silence = {
        id: randomBytes(4).toString('hex'),
        query,
        author,
        reason,
        created,
        ends: created + lasting
      }
      parseAlertQuery(query)
      state.addSilence(silence)
      silenced()
      acts.record(caller, {
        what: 'silence',
        about: withRemark(`${query} for ${formatSpan(lasting)}`, reason)
      })
      return silence
    },
    endSilence(id, caller) {
      const ended = state.endSilence(id, clock())
      if (ended) {
        silenced()
        acts.record(caller, { what: 'expire', about: `silence ${id}` })
      }
      return ended
    },
    mails: async () => {
      const heads = await listMails(mails, MAX_MAILS)
      return heads.map(({ name, subject, date }) => ({ name, subject, at: date }))
    },
    mail: name => readMail(mails, name),
    act: token => alerts.links.read(token)
  }
}

function withRemark(text: string, remark: string): string {
  return remark === '' ? text : `${text}: ${remark}`
}

/** How alerts stand, in short. */
export function alertsStatus(alerts: RunningAlerts): AlertsStatus {
  const { firing = [], pending = [] } = Object.groupBy(alerts.alerting.alerts(), alert =>
    isFiring(alert) ? 'firing' : 'pending'
  )
  const worst = SEVERITIES.findLast(severity => firing.some(alert => alert.severity === severity))
  return {
    firing: counted(firing),
    pending: counted(pending),
    acknowledged: firing.filter(alert => alert.acknowledged).length,
    ...(worst && { worst }),
    silences: alerts.alerting.activeSilences(alerts.clock()).length,
    revision: alerts.revision
  }
}

function counted(alerts: readonly Alert[]): Record<Severity, number> {
  const counts = { info: 0, warning: 0, critical: 0 }
  for (const { severity } of alerts) counts[severity]++
  return counts
}

/** How a rule stands, key by key. @throws VisorError QUERY where there is no such rule */
export function explanationOf(alerts: RunningAlerts, name: string): ExplainAnswer {
  const rule = alerts.rules.find(rule => rule.name === name)
  const explanation = alerts.alerting.explain(name, alerts.clock())
  if (!rule || !explanation) {
    const remedy = '`visor check` shows the rules that there are.'
    throw new VisorError('QUERY', `there is no rule ${name}`, { remedy })
  }
  return { ...explanation, rule: ruleStatus(alerts, rule) }
}

function answerOf(alerts: RunningAlerts): AlertsAnswer {
  const { state, alerting, clock, rules } = alerts
  const now = clock()
  const view = alerting.view(now)
  const { waiting, oldest, why } = alerts.outbox()
  return {
    ...view,
    firing: view.firing.slice(0, MAX_LIVE),
    pending: view.pending.slice(0, MAX_LIVE),
    resolved: state
      .alerts({ phase: 'resolved', since: now - 2 * DAY_MS, limit: 10 * MAX_RESOLVED })
      .filter(({ resolved = 0 }) => resolved > now - DAY_MS)
      .toSorted((a, b) => (b.resolved ?? 0) - (a.resolved ?? 0))
      .slice(0, MAX_RESOLVED),
    rules: rules.map(rule => ruleStatus(alerts, rule)),
    deliveries: state.deliveries({ limit: MAX_DELIVERIES }),
    outbox: { waiting, ...(waiting > 0 && { since: now - oldest }), ...(why !== undefined && { why }) }
  }
}

function ruleStatus(alerts: RunningAlerts, rule: Rule): RuleStatus {
  const { name, type, title, severity, where, by } = rule
  const last = alerts.lastFired(name)
  const waits = waitsFor(alerts, rule)
  const own = alerts.alerting.ofRule(name)
  const firing = own.filter(isFiring).length
  return {
    name,
    type,
    title,
    severity,
    where: printQuery(where),
    by,
    firing,
    pending: own.length - firing,
    ...(last !== undefined && { last }),
    ...(waits !== undefined && { waits })
  }
}

/** What a rule waits for: what it looks back to, or, where it has one key, enough to evaluate. */
function waitsFor({ alerting, clock }: RunningAlerts, rule: Rule): string | undefined {
  const backfilling = alerting.backfilling(rule, clock())
  if (backfilling !== undefined || rule.by.length > 0) return backfilling
  const evaluation = alerting.explain(rule.name, clock())?.keys[0]?.evaluation
  return evaluation?.state === 'unknown' ? evaluation.summary : undefined
}
