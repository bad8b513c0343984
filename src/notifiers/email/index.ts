import { notifierKind } from '../kind.ts'
import { emailOptions } from './options.ts'

/** Mails. */
export const emailKind = notifierKind({
  name: 'email',
  summary: 'mails, by a mail server',
  example: { to: 'me@example.org', host: 'mail.example.org', user: 'visor', password: '${SMTP_PASSWORD}' },
  options: emailOptions,
  withPaths: (options, absolute) =>
    options.account === undefined ? options : { ...options, account: absolute(options.account) },
  async open(options, dependencies) {
    const { openEmail } = await import('./notifier.ts')
    return openEmail(options, dependencies)
  }
})
