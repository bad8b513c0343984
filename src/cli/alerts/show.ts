import type { Alert, DeliveryRecord, Evidence, Transition } from '../../alerts/model.ts'
import { formatValue } from '../../alerts/units.ts'
import { toMicros, toSeconds } from '../../core/time.ts'
import { formatSeconds, formatShare, formatSpan } from '../../core/units.ts'
import { printJson, printLines, type Context } from '../context.ts'
import type { ShowOptions } from './options.ts'
import { alertOf, withState } from './state.ts'
import { textTable } from '../text-table.ts'
import { labelsText, phaseText, timeText, verdictOf } from './text.ts'

/** How much of the history of one alert is shown. */
const LIMIT = 100

/** `visor alerts show`: all that is known of one alert. */
export async function showAlert(id: string, options: ShowOptions, context: Context): Promise<void> {
  const found = await withState(options, context, async state => {
    const alert = await alertOf(state, id)
    const query = { alert: alert.id, limit: LIMIT }
    const transitions = (await state.transitions(query)).toReversed()
    const deliveries = (await state.deliveries(query)).toReversed()
    return { alert, transitions, deliveries }
  })
  if (options.json) return printJson(context, found)
  const { alert, transitions, deliveries } = found
  return printLines(context, [
    ...headOf(alert),
    ...evidenceLines(alert.evidence),
    ...part('history', transitions.map(transitionRow)),
    ...part('deliveries', deliveries.map(deliveryRow))
  ])
}

function headOf(alert: Alert): string[] {
  const { id, severity, labels, since, fired, resolved, evaluation, worst, acknowledged, timestamps } = alert
  const facts: [string, string | undefined][] = [
    ['severity', severity],
    ['phase', phaseText(alert)],
    ['of', labelsText(labels) || undefined],
    ['began', timeText(since)],
    ['fired', fired === undefined ? undefined : timeText(fired)],
    [
      'over',
      resolved === undefined ? undefined : `${timeText(resolved)}, after ${formatSpan(resolved - since)}`
    ],
    ['worst', worst === undefined ? undefined : formatValue(worst, evaluation.unit)],
    ['latency', timestamps && latencyText(timestamps)],
    [
      'taken by',
      acknowledged && `${acknowledged.owner}, ${timeText(acknowledged.at)}: ${acknowledged.comment}`
    ]
  ]
  const rows = facts.flatMap(([name, text]) => (text === undefined ? [] : [[`  ${name}`, text]]))
  return [id, `  ${verdictOf(alert)}`, ...textTable(rows)]
}

/** How long it took from the line to the alert, where that is known. */
function latencyText({ written, read, fired }: NonNullable<Alert['timestamps']>): string {
  const from = written ?? read
  const what = written === undefined ? 'read' : 'written'
  return `fired ${formatSeconds(toSeconds(toMicros(Math.max(0, fired - from))))} after its line was ${what}`
}

function evidenceLines({ lines, shares, errors, restart }: Evidence): string[] {
  const grown = shares.map(({ field, value, now, before, count }) => [
    `  ${field} ${value}`,
    `${formatShare(now, 1)} of these lines (${count}), ${formatShare(before, 1)} before`
  ])
  return [
    ...(restart === undefined ? [] : [`  after a restart of the server at ${timeText(restart)}`]),
    ...part('whose share grew', grown),
    ...part('lines', lines.map(lineRow)),
    ...part('error log', errors.map(lineRow))
  ]
}

function lineRow({ source, text }: Evidence['lines'][number]): string[] {
  return [`  ${source}`, text]
}

function part(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...textTable(rows)]
}

function transitionRow({ at, what, summary }: Transition): string[] {
  return [`  ${timeText(at)}`, what, summary]
}

function deliveryRow({ at, receiver, state, summary, latency }: DeliveryRecord): string[] {
  const took = latency === undefined ? '' : ` after ${formatSeconds(toSeconds(toMicros(latency)))}`
  return [`  ${timeText(at)}`, receiver, `${state}${took}`, summary]
}
