import type { Alert } from '../../alerts/model.ts'
import { toMicros, toMillis } from '../../core/time.ts'
import type { ReportAlert, ReportContents } from '../../reports/contents.ts'
import type { PeriodHistory, PeriodRequest } from './sources.ts'

const MAX_ALERTS = 500

/**
 * The alerts that were not over at some time of a period, the first first. Where nobody watched, or not from its beginning on, that
 * there is none says nothing.
 */
export async function alertsIn(
  history: PeriodHistory | undefined,
  { from, to, about = {} }: PeriodRequest
): Promise<Pick<ReportContents, 'alerts'>> {
  if (!history) return {}
  const found = await history.alerts({ until: toMillis(to), lasting: toMillis(from), limit: MAX_ALERTS })
  const concerned = found.filter(({ labels }) =>
    Object.entries(about).every(([name, values]) => values.some(value => labels[name] === value))
  )
  const watched = await history.watched({ from: toMillis(from), to: toMillis(to) })
  if (concerned.length === 0 && !watched.some(run => run.from <= toMillis(from))) return {}
  return { alerts: concerned.map(reported).toReversed() }
}

function reported(alert: Alert): ReportAlert {
  const { id, title, severity, labels, evaluation, since, fired, resolved, acknowledged } = alert
  return {
    id,
    title,
    severity,
    about: Object.entries(labels)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    summary: evaluation.summary,
    since: toMicros(since),
    ...(fired !== undefined && { fired: toMicros(fired) }),
    ...(resolved !== undefined && { resolved: toMicros(resolved) }),
    ...(acknowledged && { acknowledgedBy: acknowledged.owner })
  }
}
