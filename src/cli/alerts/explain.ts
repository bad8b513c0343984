import { VisorError } from '../../core/errors.ts'
import { formatCount } from '../../core/units.ts'
import { daemonOf } from '../asking.ts'
import type { ExplainAnswer } from '../../server/alerts/types.ts'
import { printJson, printLines, type Context } from '../context.ts'
import { storeFor } from '../settings.ts'
import type { ShowOptions } from './options.ts'
import { textTable } from '../text-table.ts'
import { labelsText, timeText } from './text.ts'

/** `visor alerts explain`: what the Visor that runs on the store finds of a rule now. */
export async function explainRule(name: string, options: ShowOptions, context: Context): Promise<void> {
  const { store } = storeFor(options, context.env)
  const ask = await daemonOf(store.path)
  if (!ask)
    throw new VisorError('CONNECTION', `no Visor runs on ${store.path}`, {
      remedy: 'Start one with `visor watch`, or evaluate logs without: `visor alerts test-rule`.'
    })
  const answer: ExplainAnswer = await ask('explain', { rule: name }).catch(failed)
  if (options.json) return printJson(context, answer)
  return printLines(context, linesOf(answer))
}

/** A rule that is not there is a slip of the command line. */
function failed(error: unknown): never {
  if (error instanceof VisorError && error.code === 'QUERY')
    throw new VisorError('USAGE', error.message, { remedy: error.remedy })
  throw error
}

function linesOf({ rule, at, keys, more }: ExplainAnswer): string[] {
  const { name, type, severity, title, where, by, waits } = rule
  const rows = keys.map(({ labels, evaluation, phase }) => [
    `  ${labelsText(labels) || '-'}`,
    phase ?? evaluation.state,
    evaluation.summary
  ])
  const explained = textTable(rows).flatMap((row, i) => [
    row,
    ...(keys[i]?.suppressed ?? []).map(why => `    suppressed: ${why}`)
  ])
  return [
    `${name}: ${title}`,
    `  ${type}, ${severity}${by.length > 0 ? `, for each ${by.join(', ')}` : ''}`,
    ...(where === '' ? [] : [`  lines that pass ${where}`]),
    ...(waits === undefined ? [] : [`  ${waits}`]),
    '',
    rows.length === 0 ? 'No line has come for it yet.' : `evaluated up to ${timeText(at)}`,
    ...explained,
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : [])
  ]
}
