import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.ts'
import { VisorError } from '../core/errors.ts'
import { machineZone } from '../core/zone.ts'
import type { Live } from '../live/live.ts'
import { loginLinks } from '../server/access/once.ts'
import { tokenKeeper } from '../server/access/tokens.ts'
import { startControl } from '../server/control.ts'
import type { ControlRoutes } from '../server/control-routes.ts'
import type { Dashboard } from '../server/dashboard.ts'
import { storeDashboard } from '../server/history.ts'
import type { ReportsService } from '../server/reports/reports.ts'
import { startServer, type RunningServer } from '../server/server.ts'
import { readingsOf } from '../state/index.ts'
import { answersOf, withLines } from '../store/index.ts'
import { alertsService, explanationOf } from './alerts-service.ts'
import { forgetIn } from './forget.ts'
import { copiesOf } from './copies.ts'
import type { Lifetime } from './lifetime.ts'
import type { Parts } from './parts.ts'
import type { RunningReports } from './reports/reports.ts'

/** Opens what others ask: the daemon's socket and, where it is wanted, the page. */
export async function openAccess(
  parts: Parts,
  reload: NonNullable<ControlRoutes['reload']>,
  opened: Lifetime
): Promise<void> {
  const { store, lines, alerts, account, current, clock } = parts
  if (!store) return
  const { path } = current.config.store
  const control = await startControl(path, answersOf(withLines(store, lines)), {
    explain: rule => explanationOf(alerts, rule),
    backup: copiesOf(path, store),
    shrink: () => store.shrink(),
    forget: (what, isTrial) => forgetIn(path, { store, state: alerts.state }, what, isTrial),
    reload,
    tokens: tokenKeeper(alerts.state, clock),
    record: (caller, act) => alerts.acts.record(caller, act),
    login: name => loginLinks(current.once, name, current.page?.address, current.config.page.url),
    read: readingsOf(alerts.state),
    alerts: alertsService(alerts, path),
    sources: () => account!.all(),
    testReceiver: name => alerts.test(name),
    report: (schedule, send) => reportsIn(parts).now(schedule, send)
  })
  opened.add(() => control.close())
  current.page = await startPage(parts, current.config)
  opened.add(() => current.page?.close())
}

/** Opens the page that a configuration has; `undefined` where it has none. @throws VisorError PORT_IN_USE, CONFIG */
export async function startPage(parts: Parts, config: Config): Promise<RunningServer | undefined> {
  const { store, lines, alerts, live, account, status, clock, operations, current } = parts
  if (!store || !config.page.enabled) return undefined
  const dashboard: Dashboard = {
    status,
    subscribe: subscriber(live, alerts),
    ...storeDashboard(
      store,
      () => Object.keys(current.config.sources),
      clock,
      lines,
      config.zone ?? machineZone()
    ),
    sources: () => account!.all(),
    alerts: alertsService(alerts, config.store.path),
    acts: alerts.acts,
    subscriptions: alerts.subscriptions.server,
    probes: operations.service(status, alerts),
    ...(Object.keys(config.reports).length > 0 && { reports: reportsService(parts) })
  }
  const { page } = config
  const access = { mode: page.access, records: alerts.state, once: current.once, clock, ...page }
  return startServer({ ...config.page, access, dashboard, page: PAGE })
}

/** The reports of the configuration that is in effect. */
function reportsService(parts: Parts): ReportsService {
  const service = (): ReportsService => reportsIn(parts).service()
  return {
    answer: () => service().answer(),
    document: id => service().document(id),
    drawn: (document, shape) => service().drawn(document, shape)
  }
}

/** @throws VisorError QUERY where there are none */
function reportsIn({ current: { reports } }: Parts): RunningReports {
  if (reports) return reports
  throw new VisorError('QUERY', 'the configuration has no reports')
}

/** Calls a listener when any of these changes. */
function subscriber(...parts: readonly Pick<Live, 'subscribe'>[]): Live['subscribe'] {
  return listener => {
    const ends = parts.map(part => part.subscribe(listener))
    return () => ends.forEach(end => end())
  }
}

const PAGE = fileURLToPath(new URL('../../dist/page', import.meta.url))
