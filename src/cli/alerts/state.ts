import { existsSync } from 'node:fs'
import type { Alert } from '../../alerts/model.ts'
import { VisorError } from '../../core/errors.ts'
import { visible } from '../../core/visible.ts'
import { openState, statePath, type StateStore } from '../../state/index.ts'
import type { Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'

/**
 * Works on the state of alerts of a store, whether a Visor runs on it or not; reports what is damaged in it.
 * @throws VisorError FILE_MISSING where there is none, STATE
 */
export async function withState<Result>(
  options: StoreSelection,
  context: Context,
  work: (state: StateStore) => Result
): Promise<Result> {
  const { path } = storeFor(options, context.env).store
  if (!existsSync(statePath(path)))
    throw new VisorError('FILE_MISSING', `there are no alerts in ${path}`, {
      remedy: '`visor watch` makes them; `--store` names another folder.'
    })
  const state = openState(path)
  try {
    const result = work(state)
    for (const problem of state.problems()) context.stderr.write(`visor: ${visible(problem)}\n`)
    return result
  } finally {
    state.close()
  }
}

/** The alert of an id, or of an unambiguous beginning of it. @throws VisorError USAGE where there is none, or several */
export function alertOf(state: StateStore, id: string): Alert {
  const alert = state.alert(id)
  if (alert) return alert
  throw new VisorError('USAGE', `there is no alert ${id}, or several ids begin with that`, {
    remedy: '`visor alerts list --all` shows them.'
  })
}
