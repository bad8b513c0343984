import { userInfo } from 'node:os'
import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { printLines, type Context } from '../context.ts'
import type { AcknowledgeOptions } from './options.ts'
import { alertOf, withState } from './state.ts'

/**
 * `visor alerts ack`: asks the Visor that runs on the store, or the next one that does, to notify nobody of an alert any more.
 */
export async function acknowledge(
  id: string,
  options: AcknowledgeOptions,
  now: Millis,
  context: Context
): Promise<void> {
  const { comment, undo = false } = options
  const owner = options.owner ?? userOf(context)
  if (comment === undefined && !undo)
    throw new VisorError('USAGE', 'state with --comment what you do about it')
  const alert = await withState(options, context, state => {
    const alert = alertOf(state, id)
    if (alert.phase === 'resolved') throw new VisorError('USAGE', `${alert.id} is resolved already`)
    state.acknowledge({ alert: alert.id, owner, comment: comment ?? '', at: now, ...(undo && { undo }) })
    return alert
  })
  const what = undo ? 'is not acknowledged any more' : `is acknowledged by ${owner}`
  await printLines(context, [`${alert.id} ${what}`])
}

/** Who does it, where nobody is named. */
export function userOf({ env }: Context): string {
  try {
    return env['USER'] || env['LOGNAME'] || userInfo().username
  } catch {
    // In a container the system may have no name for who runs this.
    return 'somebody'
  }
}
