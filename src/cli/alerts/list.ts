import { compiledSilences, silenceOf } from '../../alerts/notifications/silences.ts'
import type { Millis } from '../../core/time.ts'
import { printJson, printLines, terminalWidth, type Context } from '../context.ts'
import type { ListOptions } from './options.ts'
import { withState } from './state.ts'
import { textTable } from '../text-table.ts'
import { phaseText, timeText, verdictOf } from './text.ts'

/** `visor alerts list`: alerts that are not over, the newest first; with `all` those that are. */
export async function listAlerts(options: ListOptions, now: Millis, context: Context): Promise<void> {
  const { rule, limit, all = false } = options
  const { alerts, silences } = await withState(options, context, async state => ({
    alerts: (await state.alerts({ limit: all ? limit : MOST, ...(rule !== undefined && { rule }) }))
      .filter(({ phase }) => all || phase !== 'resolved')
      .slice(0, limit),
    silences: compiledSilences(await state.silences())
  }))
  if (options.json) return printJson(context, alerts)
  if (alerts.length === 0) return printLines(context, [all ? 'No alerts.' : 'No alert fires.'])
  const rows = alerts.map(alert => {
    const silenced = alert.phase !== 'resolved' && silenceOf(silences, alert, now) !== undefined
    return [alert.id, alert.severity, phaseText(alert, silenced), timeText(alert.since), verdictOf(alert)]
  })
  // What is piped on is not cut.
  const width = context.stdout.isTTY ? terminalWidth(context.stdout) : Infinity
  return printLines(context, textTable([HEAD, ...rows], width))
}

/** As many as the state gives. */
const MOST = 10_000

const HEAD = ['alert', 'severity', 'phase', 'since', 'what']
