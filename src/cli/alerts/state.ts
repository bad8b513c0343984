import { existsSync } from 'node:fs'
import type { Alert } from '../../alerts/model.ts'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import { visible } from '../../core/visible.ts'
import { openState, statePath, type StateStore } from '../../state/index.ts'
import { print, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'

/** The state of alerts, and the configuration that the store is of. */
export interface OpenedState {
  readonly state: StateStore
  readonly config: Config
}

/**
 * Works on the state of alerts of a store, whether a Visor runs on it or not; reports what is damaged in it.
 * @throws VisorError FILE_MISSING where there is none, STATE
 */
export async function withState<Result>(
  options: StoreSelection,
  context: Context,
  work: (opened: OpenedState) => Result | Promise<Result>
): Promise<Result> {
  const config = storeFor(options, context.env)
  const { path } = config.store
  if (!existsSync(statePath(path)))
    throw new VisorError('FILE_MISSING', `there are no alerts in ${path}; \`visor watch\` makes them`)
  const state = openState(path)
  try {
    const result = await work({ state, config })
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
  throw new VisorError(
    'USAGE',
    `there is no alert ${id}, or several ids begin with that; \`visor alerts list --all\` shows them`
  )
}

/** Prints lines for people. Texts of logs are in them. */
export async function printLines({ stdout }: Context, lines: readonly string[]): Promise<void> {
  await print(stdout, lines.map(line => `${visible(line)}\n`).join(''))
}

export async function printJson({ stdout }: Context, value: unknown): Promise<void> {
  await print(stdout, `${JSON.stringify(value, null, 2)}\n`)
}
