import { hostname } from 'node:os'
import type { Config } from '../config/schema.ts'
import { openNotifier } from '../notifiers/index.ts'
import type { Notifier, Subscriptions } from '../notifiers/kind.ts'
import type { Context } from './context.ts'

/** Opens a receiver of the configuration, past the Visor that may run. @throws VisorError NOTIFIER */
export async function openReceiver(
  name: string,
  receiver: Config['receivers'][string],
  { store }: Config,
  { stdout }: Pick<Context, 'stdout'>,
  subscriptions?: Subscriptions
): Promise<Notifier> {
  return openNotifier(receiver, {
    name,
    clock: Date.now,
    folder: store.path,
    host: hostname(),
    latencies: () => [],
    stdout,
    ...(subscriptions && { subscriptions })
  })
}
