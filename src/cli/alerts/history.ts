import { printJson, printLines, type Context } from '../context.ts'
import type { HistoryOptions } from './options.ts'
import { withState } from './state.ts'
import { textTable } from '../text-table.ts'
import { timeText } from './text.ts'

/** `visor alerts history`: what happened to alerts, and what became of notifications, the newest last. */
export async function showHistory(options: HistoryOptions, now: number, context: Context): Promise<void> {
  const { rule, since, limit } = options
  const query = {
    limit,
    ...(rule !== undefined && { rule }),
    ...(since !== undefined && { since: now - since })
  }
  const { transitions, deliveries } = await withState(options, context, async state => ({
    transitions: (await state.transitions(query)).toReversed(),
    deliveries: (await state.deliveries(query)).toReversed()
  }))
  if (options.json) return printJson(context, { transitions, deliveries })
  const happened = transitions.map(({ at, what, alert, summary }) => ({ at, cells: [what, alert, summary] }))
  const sent = deliveries.map(({ at, receiver, state, title, summary }) => ({
    at,
    cells: [state === 'later' ? 'not sent yet' : state, `to ${receiver}`, `${title}: ${summary}`]
  }))
  const rows = [...happened, ...sent]
    .toSorted((a, b) => a.at - b.at)
    .slice(-limit)
    .map(({ at, cells }) => [timeText(at), ...cells])
  return printLines(context, rows.length === 0 ? ['Nothing has happened.'] : textTable(rows))
}
