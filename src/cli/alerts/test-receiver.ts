import { randomUUID } from 'node:crypto'
import type { AlertNotification } from '../../alerts/model.ts'
import { VisorError } from '../../core/errors.ts'
import { didYouMean } from '../../core/suggest.ts'
import { MINUTE_MS, toMicros, toSeconds, type Millis } from '../../core/time.ts'
import { formatSeconds } from '../../core/units.ts'
import { attempt } from '../../state/index.ts'
import { printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { openReceiver } from '../receiver.ts'
import { storeFor } from '../settings.ts'
import { textTable } from '../text-table.ts'

/** How long a receiver may take. */
const TIMEOUT: Millis = MINUTE_MS

/** `visor alerts test-receiver`: sends a notification to a receiver now, past the outbox, and prints what each recipient answered. */
export async function testReceiver(name: string, options: StoreSelection, context: Context): Promise<void> {
  const config = storeFor(options, context.env)
  const receiver = config.receivers[name]
  if (!receiver) throw unknown(name, Object.keys(config.receivers))
  const notifier = await openReceiver(name, receiver, config, context)
  try {
    await printLines(context, [`${name}: ${receiver.type}, ${notifier.target}`])
    const began = performance.now()
    const outgoing = {
      notification: testNotification(name, Date.now()),
      tries: 0,
      done: [],
      refused: [],
      due: 0
    }
    const { accepted, refused, later } = await attempt(notifier, outgoing, TIMEOUT, context.signal)
    const took = `after ${formatSeconds(toSeconds(toMicros(performance.now() - began)))}`
    const rows = [
      ...accepted.map(to => [`  ${to}`, `accepted ${took}`]),
      ...refused.map(({ to, why }) => [`  ${to}`, `refused ${took}: ${why}`]),
      ...later.map(({ to, why }) => [`  ${to}`, `not taken now, ${took}: ${why}`])
    ]
    await printLines(context, textTable(rows))
    if (refused.length + later.length > 0 || accepted.length === 0) context.exitCode = 1
  } finally {
    await notifier.close()
  }
}

function unknown(name: string, known: readonly string[]): VisorError {
  const there = `the configuration has ${known.join(', ') || 'none'}`
  return new VisorError('USAGE', `there is no receiver ${name}${didYouMean(name, known, '', there)}`)
}

/** A notification of no alert, so that nobody takes it for one. */
function testNotification(receiver: string, now: Millis): AlertNotification {
  const id = `test-${randomUUID()}`
  return {
    id,
    receiver,
    occasion: 'test',
    group: id,
    thread: id,
    created: now,
    severity: 'info',
    title: `a test of ${receiver}`,
    firing: [],
    resolved: []
  }
}
