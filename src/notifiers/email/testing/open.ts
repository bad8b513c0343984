import type { Notifier } from '../../kind.ts'
import type { MailServer } from '../../testing/mail-server.ts'
import { dependenciesOf } from '../../testing/dependencies.ts'
import { emailKind } from '../index.ts'

/** A notifier that mails to two by a server. */
export async function openMail(server: MailServer, more: object = {}): Promise<Notifier> {
  const options = { to: ['a@example.org', 'b@example.org'], host: '127.0.0.1', port: server.port, ...more }
  return emailKind.open(emailKind.options.parse(options), dependenciesOf())
}

/** The message of the Error that something rejects with. */
export async function errorMessageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((error: unknown) => error)
  return error instanceof Error ? error.message : `nothing was thrown but ${String(error)}`
}

/** What a mail server answers. */
export function failing(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}
