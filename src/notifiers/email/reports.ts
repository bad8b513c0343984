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

/**
 * Sends a report: to each a mail of its own, which has the link that takes this one off the list, and to nobody who has unsubscribed.
 * @throws Refused where all have; an Error where nobody could be tried
 */
export async function sendReport(sending: ReportSending): Promise<DeliveryResult> {
  const { notification, to, done, patience, dependencies } = sending
  const { subscriptions, clock } = dependencies
  const wanted = to.filter(address => subscriptions?.has(notification.schedule, address) !== false)
  if (wanted.length === 0) throw new Refused('everybody who would get it has unsubscribed')
  const results: DeliveryResult[] = []
  const began = clock()
  for (const address of wanted.filter(address => !done.includes(address))) {
    const result =
      results.length === 0 || clock() - began < patience
        ? await sendTo(address, sending, results.length > 0)
        : later(address, 'its turn has not come yet')
    results.push(result)
  }
  return {
    accepted: results.flatMap(({ accepted }) => accepted),
    refused: results.flatMap(({ refused }) => refused),
    later: results.flatMap(({ later }) => later)
  }
}

/** What goes wrong with the first mail goes wrong with all, and is thrown; later, what others have already must not be forgotten. */
async function sendTo(
  address: string,
  { notification, addresses, signal, mailTo }: ReportSending,
  others: boolean
): Promise<DeliveryResult> {
  try {
    return await mailTo(notification, [address], { ...addresses, to: [address], cc: [] }, signal)
  } catch (error) {
    if (!others) throw error
    const why = reasonOf(error)
    return error instanceof Refused
      ? { ...NOTHING_LEFT, refused: [{ to: address, why }] }
      : later(address, why)
  }
}

function later(to: string, why: string): DeliveryResult {
  return { ...NOTHING_LEFT, later: [{ to, why }] }
}
