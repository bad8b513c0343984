import { emailKind } from '../../notifiers/email/index.ts'
import type { DeliveryRecord } from '../../alerts/model.ts'
import { Dispatcher, type StateStore } from '../index.ts'
import { testAlert, testChanges, testNotification } from './samples.ts'

export const RECIPIENTS = ['a@example.org', 'b@example.org']

/** Mails what is in the outbox. */
export interface Mailing {
  readonly dispatcher: Dispatcher
  readonly records: readonly DeliveryRecord[]
  close(): Promise<void>
}

/** Starts to mail by the server on a port of this machine. It waits a hundredth of the usual before it tries again. */
export async function startMailing(
  state: StateStore,
  port: number,
  more: { readonly patience?: number } = {}
): Promise<Mailing> {
  const records: DeliveryRecord[] = []
  const mail = await emailKind.open(emailKind.options.parse({ to: RECIPIENTS, host: '127.0.0.1', port }), {
    name: 'mail',
    clock: Date.now,
    folder: '',
    host: 'visor.example.org',
    latencies: () => [],
    stdout: process.stdout
  })
  const dispatcher = new Dispatcher({
    state,
    notifiers: new Map([['mail', mail]]),
    clock: Date.now,
    random: () => Math.random() / 100,
    sent: record => records.push(record),
    ...more
  })
  dispatcher.wake()
  const close = async (): Promise<void> => {
    await dispatcher.close()
    await mail.close()
  }
  return { dispatcher, records, close }
}

/** Commits notifications to be mailed, of three groups. */
export function commitMails(state: StateStore, count: number): void {
  const notifications = Array.from({ length: count }, (_, i) =>
    testNotification(`n${i}`, { created: Date.now(), group: `g${i % 3}`, firing: [testAlert(`a${i}`)] })
  )
  state.commit(testChanges({ notifications }))
}
