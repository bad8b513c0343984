import type { Notifier, NotifierDependencies } from '../kind.ts'
import { mailOf, warmUp } from '../mail/mime.ts'
import { hiding } from '../secrets.ts'
import { ignoring } from '../settings.ts'
import { NOTHING } from '../sole.ts'
import { within } from '../within.ts'
import type { EmailOptions } from './options.ts'
import { sentOf, unsent } from './outcome.ts'
import { settle } from './server.ts'
import { Sessions } from './sessions.ts'

/** Sends notifications as mails to a mail server, over a session that is kept open. */
export function openEmail(options: EmailOptions, dependencies: NotifierDependencies): Notifier {
  const { correspondents, ...server } = settle(options, dependencies.host)
  const { from, to, cc } = correspondents
  const ignored = ignoring(options.ignore)
  const hide = hidingLogin(server.login)
  const sessions = new Sessions(server, options.timeout, dependencies.clock)
  sessions.keepOne()
  setImmediate(() => void warmUp(dependencies))
  return {
    target: `${[...to, ...cc].join(', ')} by ${server.name}`,
    async send(notification, done, signal) {
      const left = [...new Set([...to, ...cc])].filter(address => !done.includes(address))
      if (left.length === 0) return NOTHING
      const { bytes } = await mailOf(notification, correspondents, dependencies, ignored)
      return within(options.timeout, signal, signal => sessions.send({ from, to: left }, bytes, signal))
        .then(sentOf)
        .catch((error: unknown) => unsent(error, server.name, hide))
    },
    async close() {
      sessions.close()
    }
  }
}

function hidingLogin(
  login: { readonly user: string; readonly pass: string } | undefined
): (text: string) => string {
  if (!login) return text => text
  const { user, pass } = login
  const encoded = [pass, `\0${user}\0${pass}`].map(text => Buffer.from(text).toString('base64'))
  return hiding([pass, ...encoded])
}
