import type { Notification, ReportNotification } from '../../alerts/model.ts'
import type { Millis } from '../../core/time.ts'
import { reasonOf } from '../../system/reason.ts'
import { NOTHING_LEFT, Refused, type DeliveryResult, type NotifierDependencies } from '../kind.ts'
import type { MailAddresses } from '../mail/print.ts'

/** Sends one mail to some of its recipients. @throws Refused, or an Error where it may be taken later */
export type MailTo = (
  notification: Notification,
  left: readonly string[],
  addresses: MailAddresses,
  signal: AbortSignal
) => Promise<DeliveryResult>

interface ReportSending {
  readonly notification: ReportNotification
  /** Who gets it, and who has it already. */
  readonly to: readonly string[]
  readonly done: readonly string[]
  readonly addresses: MailAddresses
  readonly signal: AbortSignal
  readonly mailTo: MailTo
  /** After so long no other mail is begun: the outbox gives up a notifier that takes too long, and would send all again. */
  readonly patience: Millis
  readonly dependencies: NotifierDependencies
}

/** Sends a report: to each a mail of its own, which has the link that takes this one off the list, and to nobody who has unsubscribed. */
export async function sendReport(sending: ReportSending): Promise<DeliveryResult> {
  const { notification, to, done, dependencies } = sending
  const isWanted = (address: string): boolean =>
    dependencies.subscriptions?.has(notification.schedule, address) !== false
  const { wanted = [], unwanted = [] } = Object.groupBy(to, address =>
    isWanted(address) ? 'wanted' : 'unwanted'
  )
  const waiting = wanted.filter(address => !done.includes(address))
  const results = await sendInTurn(waiting, sending)
  return {
    accepted: results.flatMap(({ accepted }) => accepted),
    refused: results.flatMap(({ refused }) => refused),
    later: results.flatMap(({ later }) => later),
    ...(unwanted.length > 0 && { unwanted })
  }
}

async function sendInTurn(
  waiting: readonly string[],
  { notification, addresses, signal, mailTo, patience, dependencies: { clock } }: ReportSending
): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = []
  const late = clock() + patience
  for (const [i, address] of waiting.entries())
    try {
      results.push(
        i === 0 || clock() < late
          ? await mailTo(notification, [address], { ...addresses, to: [address], cc: [] }, signal)
          : failed([address], new Error('its turn has not come yet'))
      )
    } catch (error) {
      // What goes wrong with the first mail goes wrong with all; later, what others have already must not be forgotten.
      if (i === 0) return [failed(waiting, error)]
      results.push(failed([address], error))
    }
  return results
}

function failed(addresses: readonly string[], error: unknown): DeliveryResult {
  const answers = addresses.map(to => ({ to, why: reasonOf(error) }))
  return error instanceof Refused
    ? { ...NOTHING_LEFT, refused: answers }
    : { ...NOTHING_LEFT, later: answers }
}
