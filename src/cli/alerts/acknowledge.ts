import { userInfo } from 'node:os'
import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import type { Context } from '../context.ts'
import type { AcknowledgeOptions } from './options.ts'
import { alertOf, printLines, withState } from './state.ts'

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
  const alert = await withState(options, context, ({ state }) => {
    const alert = alertOf(state, id)
    if (alert.phase === 'resolved') throw new VisorError('USAGE', `${alert.id} is resolved already`)
    state.acknowledge({ alert: alert.id, owner, comment: comment ?? '', at: now, ...(undo && { undo }) })
    return alert
  })
  const what = undo ? 'is not acknowledged any more' : `is acknowledged by ${owner}`
  await printLines(context, [`${alert.id} ${what}`])
}

/** The system's name for who runs this; in a container it may have none. */
function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'somebody'
  }
}

/** Who does it, where nobody is named. */
export function userOf({ env }: Context): string {
  return env['USER'] || env['LOGNAME'] || nameOfUser()
}
