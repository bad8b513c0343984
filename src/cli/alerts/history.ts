import type { DeliveryRecord, Transition } from '../../alerts/model.ts'
import type { Context } from '../context.ts'
import type { HistoryOptions } from './options.ts'
import { printJson, printLines, withState } from './state.ts'
import { textTable, timeText } from './text.ts'

/** `visor alerts history`: what happened to alerts, and what became of notifications, the newest last. */
export async function showHistory(options: HistoryOptions, now: number, context: Context): Promise<void> {
  const { rule, since, limit } = options
  const query = {
    limit,
    ...(rule !== undefined && { rule }),
    ...(since !== undefined && { since: now - since })
  }
  const { transitions, deliveries } = await withState(options, context, ({ state }) => ({
    transitions: state.transitions(query).toReversed(),
    deliveries: state.deliveries(query).toReversed()
  }))
  if (options.json) return printJson(context, { transitions, deliveries })
  const rows = [...transitions.map(transitionRow), ...deliveries.map(deliveryRow)]
    .toSorted((a, b) => a.at - b.at)
    .slice(-limit)
    .map(({ at, cells }) => [timeText(at), ...cells])
  return printLines(context, rows.length === 0 ? ['Nothing has happened.'] : textTable(rows, Infinity))
}

interface Row {
  readonly at: number
  readonly cells: readonly string[]
}

function transitionRow({ at, what, alert, summary }: Transition): Row {
  return { at, cells: [what, alert, summary] }
}

function deliveryRow({ at, receiver, state, title, summary }: DeliveryRecord): Row {
  return { at, cells: [state === 'later' ? 'not sent yet' : state, `to ${receiver}`, `${title}: ${summary}`] }
}
