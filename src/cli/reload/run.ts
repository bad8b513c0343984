import { resolve } from 'node:path'
import { VisorError } from '../../core/errors.ts'
import type { Environment } from '../../system/folders.ts'
import { loadBare } from '../../config/load.ts'
import { daemonOf } from '../asking.ts'
import { printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'
import { reloadedText } from '../watch/reload.ts'

/** Asks the Visor that runs on the store. @throws VisorError where it refuses the configuration, USAGE where none runs */
export async function reload(selection: StoreSelection, context: Context): Promise<void> {
  const store = storeOf(selection, context.env)
  const ask = await daemonOf(store)
  if (!ask)
    throw new VisorError('USAGE', `no Visor runs on the store ${store}`, {
      remedy: '`visor watch` starts one; `--store` names another folder.'
    })
  await printLines(context, [reloadedText(await ask.send('reload', {}))])
}

/** The store of a configuration: of one with mistakes too, which the Visor that runs is to refuse. */
function storeOf(selection: StoreSelection, env: Environment): string {
  if (selection.store !== undefined) return resolve(selection.store)
  try {
    return storeFor(selection, env).store.path
  } catch (error) {
    const bare = loadBare(env, selection.config, true)
    if (!bare) throw error
    return bare.store.path
  }
}
