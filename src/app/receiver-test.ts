import { randomUUID } from 'node:crypto'
import type { AlertNotification } from '../alerts/model.ts'
import { VisorError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'
import { MINUTE_MS, type Millis } from '../core/time.ts'
import type { DeliveryResult, Notifier } from '../notifiers/kind.ts'
import { attempt } from '../state/index.ts'

/** How long a receiver may take. */
const TIMEOUT: Millis = MINUTE_MS

/** How a test went, and how long that took. */
export interface ReceiverTest extends DeliveryResult {
  readonly target: string
  readonly took: Millis
}

/** Sends a notification of no alert, so that nobody takes it for one, past the outbox. Never rejects. */
export async function testNotifier(
  name: string,
  notifier: Notifier,
  signal: AbortSignal
): Promise<ReceiverTest> {
  const began = performance.now()
  const notification = testNotification(name, Date.now())
  const outgoing = { notification, tries: 0, done: [], refused: [], due: 0 }
  const result = await attempt(notifier, outgoing, TIMEOUT, signal)
  return { ...result, target: notifier.target, took: performance.now() - began }
}

/** That there is no receiver of a name. */
export function unknownReceiver(name: string, known: readonly string[]): VisorError {
  const there = `the configuration has ${known.join(', ') || 'none'}`
  return new VisorError('USAGE', `there is no receiver ${name}${didYouMean(name, known, '', there)}`)
}

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
