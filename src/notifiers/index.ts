import { alertmanagerKind } from './alertmanager/index.ts'
import { commandKind } from './command/index.ts'
import { consoleKind } from './console/index.ts'
import { emailKind } from './email/index.ts'
import type { Notifier, NotifierDependencies, NotifierKind } from './kind.ts'
import { mailboxKind } from './mailbox/index.ts'
import { slackKind } from './slack/index.ts'
import { webhookKind } from './webhook/index.ts'

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

/** The options of a receiver of any kind, as its kind's schema has parsed them, and which kind it is. */
export interface NotifierOptions {
  readonly type: string
  readonly [option: string]: unknown
}

/** The receivers when none is configured: mails beside the store. */
export const DEFAULT_RECEIVERS: Readonly<Record<string, NotifierOptions>> = { mailbox: { type: 'mailbox' } }

/** @throws RangeError for a type that is none of `kinds` */
export function notifierKindOf({ type }: NotifierOptions, kinds = NOTIFIERS): NotifierKind {
  const kind = kinds.find(({ name }) => name === type)
  if (!kind) throw new RangeError(`there is no receiver of type ${type}`)
  return kind
}

/** A receiver's options with all paths made absolute. */
export function withNotifierPaths<Options extends NotifierOptions>(
  options: Options,
  absolute: (path: string) => string,
  kinds = NOTIFIERS
): Options {
  return { ...options, ...notifierKindOf(options, kinds).withPaths?.(options, absolute) }
}

/**
 * Opens a notifier of any kind, without waiting for a connection.
 * @throws VisorError NOTIFIER when its options can never work
 */
export async function openNotifier(
  options: NotifierOptions,
  dependencies: NotifierDependencies,
  kinds = NOTIFIERS
): Promise<Notifier> {
  return notifierKindOf(options, kinds).open(options, dependencies)
}
