import { testNotifier, unknownReceiver, type ReceiverTest } from '../../app/receiver-test.ts'
import { toMicros, toSeconds } from '../../core/time.ts'
import { formatSeconds } from '../../core/units.ts'
import { daemonOf } from '../asking.ts'
import { printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { openReceiver } from '../receiver.ts'
import { storeFor } from '../settings.ts'
import { textTable } from '../text-table.ts'
import { isOthers } from '../user.ts'

/**
 * `visor alerts test-receiver`: sends a notification to a receiver now, past the outbox, and prints what each recipient answered. The
 * receiver is that of the configuration as it is now, or of a Visor that another user runs, whose secrets are not ours.
 */
export async function testReceiver(name: string, options: StoreSelection, context: Context): Promise<void> {
  const { target, took, accepted, refused, later } = await tested(name, options, context)
  await printLines(context, [`${name}: ${target}`])
  const after = `after ${formatSeconds(toSeconds(toMicros(took)))}`
  const rows = [
    ...accepted.map(to => [`  ${to}`, `accepted ${after}`]),
    ...refused.map(({ to, why }) => [`  ${to}`, `refused ${after}: ${why}`]),
    ...later.map(({ to, why }) => [`  ${to}`, `not taken now, ${after}: ${why}`])
  ]
  await printLines(context, textTable(rows))
  if (refused.length + later.length > 0 || accepted.length === 0) context.exitCode = 1
}

async function tested(name: string, options: StoreSelection, context: Context): Promise<ReceiverTest> {
  const config = storeFor(options, context.env)
  const { path } = config.store
  const ask = isOthers(path) ? await daemonOf(path) : undefined
  if (ask) return ask('test-receiver', { name })
  const receiver = config.receivers[name]
  if (!receiver) throw unknownReceiver(name, Object.keys(config.receivers))
  const notifier = await openReceiver(name, receiver, config, context)
  try {
    const { target, ...result } = await testNotifier(name, notifier, context.signal)
    return { ...result, target: `${receiver.type}, ${target}` }
  } finally {
    await notifier.close()
  }
}
