import { parseAlertQuery } from '../../alerts/notifications/silences.ts'
import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { printJson, printLines, type Context } from '../context.ts'
import { userIn } from '../user.ts'
import type { SilenceOptions, SilencesOptions } from './options.ts'
import { withState, type AlertsDesk } from './state.ts'
import { textTable } from '../text-table.ts'
import { timeText } from './text.ts'

/** `visor alerts silences`: those that are active, the newest last. */
export async function listSilences(options: SilencesOptions, now: Millis, context: Context): Promise<void> {
  const all = await withState(options, context, state => state.silences())
  const shown = all.filter(({ ends }) => options.all || ends > now)
  if (options.json) return printJson(context, shown)
  if (shown.length === 0) return printLines(context, ['Nothing is silenced.'])
  const rows = shown.map(({ id, ends, author, query, reason }) => [id, timeText(ends), author, query, reason])
  return printLines(context, textTable([['silence', 'until', 'by', 'query', 'reason'], ...rows]))
}

/** `visor alerts silence`: nobody is notified of what a query matches for a while, or that ends. */
export async function changeSilence(
  query: string | undefined,
  options: SilenceOptions,
  now: Millis,
  context: Context
): Promise<void> {
  const { end } = options
  const silence = end === undefined ? silenceOf(query, options, context) : undefined
  const said = await withState(options, context, async desk => {
    if (!silence) return endSilence(desk, end ?? '', now)
    const { id, ends } = await desk.silence(silence)
    return `${id} lasts until ${timeText(ends)}`
  })
  await printLines(context, [said])
}

/** @throws VisorError USAGE, QUERY */
function silenceOf(
  query: string | undefined,
  { for: lasting, reason, author }: SilenceOptions,
  { env }: Context
): Parameters<AlertsDesk['silence']>[0] {
  if (query === undefined || lasting === undefined || reason === undefined)
    throw new VisorError('USAGE', 'a silence needs a query, --for and --reason; --end ends one')
  parseAlertQuery(query)
  return { query, author: author ?? userIn(env), reason, for: lasting }
}

async function endSilence(desk: AlertsDesk, beginning: string, now: Millis): Promise<string> {
  const all = await desk.silences()
  const [found, other] = all.filter(({ id, ends }) => id.startsWith(beginning) && ends > now)
  if (!found || other || !(await desk.endSilence(found.id)))
    throw new VisorError('USAGE', `no active silence is ${beginning}, or several begin with that`, {
      remedy: '`visor alerts silences` shows them.'
    })
  return `${found.id} is over`
}
