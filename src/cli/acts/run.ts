import type { Act } from '../../core/act.ts'
import type { Millis } from '../../core/time.ts'
import { withState } from '../alerts/state.ts'
import { timeText } from '../alerts/text.ts'
import { printJson, printLines, terminalWidth, type Context } from '../context.ts'
import { textTable } from '../text-table.ts'
import type { ActsOptions } from './options.ts'

/** Prints the audit log, the newest last. */
export async function listActs(options: ActsOptions, now: Millis, context: Context): Promise<void> {
  const { since, by, limit } = options
  const query = {
    limit,
    ...(since !== undefined && { since: now - since }),
    ...(by !== undefined && { name: by })
  }
  const acts = (await withState(options, context, state => state.acts(query))).toReversed()
  if (options.json) return printJson(context, acts)
  if (acts.length === 0) return printLines(context, ['Nobody has done anything.'])
  const width = context.stdout.isTTY ? terminalWidth(context.stdout) : Infinity
  return printLines(context, textTable([HEAD, ...acts.map(rowOf)], width))
}

const HEAD = ['when', 'who', 'role', 'from', 'result', 'what']

function rowOf({ at, name, role, from, result, what, about, why, times = 1 }: Act): string[] {
  const often = times > 1 ? ` (${times} times)` : ''
  const said = [what, about, why].filter(text => text !== undefined).join(': ')
  return [timeText(at), name || '-', role ?? '-', from, `${result}${often}`, said]
}
