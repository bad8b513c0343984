import type { NodemailerError } from 'nodemailer'
import { SECOND_MS } from '../../core/time.ts'
import { printable } from '../../core/visible.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import { withTimeout } from '../../system/abort.ts'
import { reasonOf } from '../../system/reason.ts'
import {
  DELIVERY_PATIENCE,
  NOTHING_LEFT,
  redactor,
  Refused,
  type DeliveryResult,
  type Notifier,
  type NotifierDependencies
} from '../kind.ts'
import { composeMail, warmUp } from '../mail/mime.ts'
import type { EmailOptions } from './options.ts'
import { smtpServerOf, type SmtpServer } from './server.ts'
import { sendReport, type MailTo } from './reports.ts'
import { SmtpSessions } from './sessions.ts'

/** Characters of a server's answer that are shown. */
const MAX_ANSWER_LENGTH = 300

/** Sends notifications as mails to a mail server, over a session that is kept open. */
export function openEmail(options: EmailOptions, dependencies: NotifierDependencies): Notifier {
  const { server, addresses } = smtpServerOf(options, dependencies.host)
  const { from, to, cc } = addresses
  const ignored = rangeMatcher(options.ignore ?? [])
  const redact = loginRedactor(server.login)
  const sessions = new SmtpSessions(server, options.timeout, dependencies.clock)
  const mailTo: MailTo = async (notification, left, addresses, signal) => {
    const { bytes } = await composeMail(notification, addresses, dependencies, ignored)
    return withTimeout(options.timeout, signal, signal => sessions.send({ from, to: left }, bytes, signal))
      .then(resultOf)
      .catch((error: unknown) => resultOfFailure(error, server.name, redact))
  }
  sessions.keepOne()
  setImmediate(() => void warmUp(dependencies))
  return {
    target: `${[...to, ...cc].join(', ')} by ${server.name}`,
    async send(notification, done, signal) {
      if (notification.occasion === 'report') {
        const all = [...new Set(notification.to ?? [...to, ...cc])]
        return sendReport({
          notification,
          to: all,
          done,
          addresses,
          signal,
          mailTo,
          patience: DELIVERY_PATIENCE - 5 * SECOND_MS - options.timeout,
          dependencies
        })
      }
      const left = [...new Set([...to, ...cc])].filter(address => !done.includes(address))
      return left.length === 0 ? NOTHING_LEFT : mailTo(notification, left, addresses, signal)
    },
    async close() {
      sessions.close()
    }
  }
}

function loginRedactor(login: SmtpServer['login']): (text: string) => string {
  if (!login) return text => text
  const { user, pass } = login
  const encoded = [pass, `\0${user}\0${pass}`].map(text => Buffer.from(text).toString('base64'))
  return redactor([pass, ...encoded])
}

/** The result of a mail that the server has accepted for some recipients or all. */
function resultOf({
  accepted,
  rejectedErrors = []
}: {
  readonly accepted: readonly string[]
  readonly rejectedErrors?: readonly NodemailerError[] | undefined
}): DeliveryResult {
  const all = rejectedErrors.map(error => ({
    permanent: error.permanent === true,
    recipient: { to: error.recipient ?? '', why: answerOf(error) }
  }))
  return {
    accepted,
    refused: all.filter(({ permanent }) => permanent).map(({ recipient }) => recipient),
    later: all.filter(({ permanent }) => !permanent).map(({ recipient }) => recipient)
  }
}

/**
 * The result of a mail that the server has accepted for nobody; `redact` takes secrets out of messages.
 * @throws Refused where it never will; an Error for people where it may later
 */
function resultOfFailure(error: unknown, name: string, redact: (text: string) => string): DeliveryResult {
  if (!(error instanceof Error)) throw error
  const failure: NodemailerError = error
  if (failure.rejectedErrors) return resultOf({ accepted: [], rejectedErrors: failure.rejectedErrors })
  const message = `${name}: ${redact(explain(failure))}`
  throw failure.code === 'EMESSAGE' && failure.permanent === true ? new Refused(message) : new Error(message)
}

/** What has failed, by nodemailer's codes. */
const FAILURES: Readonly<Record<string, string>> = {
  EAUTH: 'login refused',
  ETLS: 'no encrypted connection',
  EMESSAGE: 'mail refused',
  EENVELOPE: 'sender refused'
}

function explain(error: NodemailerError): string {
  const answer = answerOf(error)
  const untrusted = /certificate|altname/i.test(answer)
  const failed =
    FAILURES[error.code ?? ''] ??
    (untrusted ? 'its certificate is not trusted ("ca" sets whom to trust)' : undefined)
  return failed === undefined ? answer : `${failed}: ${answer}`
}

/** What the server said or, when it said nothing, what else went wrong. */
function answerOf(error: NodemailerError): string {
  return printable(error.response ?? reasonOf(error), MAX_ANSWER_LENGTH)
}
