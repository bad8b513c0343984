import { VisorError } from '../../core/errors.ts'
import { printLines, type Context } from '../context.ts'
import type { AcknowledgeOptions } from './options.ts'
import { userIn } from '../user.ts'
import { alertOf, withState } from './state.ts'

/** `visor alerts ack`: asks the Visor that runs on the store, or the next one that does, to notify nobody of an alert any more. */
export async function acknowledge(id: string, options: AcknowledgeOptions, context: Context): Promise<void> {
  const { comment, undo = false } = options
  const owner = options.owner ?? userIn(context.env)
  if (comment === undefined && !undo)
    throw new VisorError('USAGE', 'state with --comment what you do about it')
  const alert = await withState(options, context, async state => {
    const alert = await alertOf(state, id)
    if (alert.phase === 'resolved') throw new VisorError('USAGE', `${alert.id} is resolved already`)
    await state.acknowledge({ alert: alert.id, owner, comment: comment ?? '', undo })
    return alert
  })
  const what = undo ? 'is not acknowledged any more' : `is acknowledged by ${owner}`
  await printLines(context, [`${alert.id} ${what}`])
}
