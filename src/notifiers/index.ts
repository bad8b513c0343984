import type { Notifier, NotifierKind, NotifierDependencies } from './kind.ts'
import { alertmanagerKind } from './alertmanager/index.ts'
import { commandKind } from './command/index.ts'
import { consoleKind } from './console/index.ts'
import { emailKind } from './email/index.ts'
import { mailboxKind } from './mailbox/index.ts'
import { slackKind } from './slack/index.ts'
import { webhookKind } from './webhook/index.ts'

export { listMails, MAILS, readMail, type MailHead, type StoredMail } from './mailbox/index.ts'
export { Refused } from './kind.ts'
export type {
  NotificationLinks,
  Notifier,
  NotifierKind,
  NotifierDependencies,
  DeliveryResult
} from './kind.ts'

/** All kinds of notifiers, the most used first. */
export const NOTIFIERS: readonly NotifierKind[] = [
  emailKind,
  slackKind,
  webhookKind,
  alertmanagerKind,
  commandKind,
  consoleKind,
  mailboxKind
]

/** What a receiver of any kind was told, as its kind's schema has it, and which kind it is. */
export interface NotifierOptions {
  readonly type: string
  readonly [setting: string]: unknown
}

/** The receivers when none is configured: mails beside the store. */
export const DEFAULT_RECEIVERS: Readonly<Record<string, NotifierOptions>> = { mailbox: { type: 'mailbox' } }

/** @throws RangeError for a type that is none */
export function notifierKindOf({ type }: NotifierOptions): NotifierKind {
  const kind = NOTIFIERS.find(({ name }) => name === type)
  if (!kind) throw new RangeError(`there is no receiver of type ${type}`)
  return kind
}

/** What a receiver was told, with all paths made absolute. */
export function withNotifierPaths<Options extends NotifierOptions>(
  options: Options,
  absolute: (path: string) => string
): Options {
  return { ...options, ...notifierKindOf(options).withPaths?.(options, absolute) }
}

/**
 * Opens a notifier of any kind, without waiting for a connection.
 * @throws VisorError NOTIFIER when it can never work as it is told
 */
export async function openNotifier(
  options: NotifierOptions,
  dependencies: NotifierDependencies
): Promise<Notifier> {
  return notifierKindOf(options).open(options, dependencies)
}
