import { join } from 'node:path'
import * as z from 'zod'
import { rangeMatcher } from '../../settings/ranges.ts'
import { notifierKind, singleTarget } from '../kind.ts'
import { ignoreSetting } from '../settings.ts'
import { keepMail, MAIL_FOLDER } from './files.ts'

/** Mails that are kept in a folder. */
export const mailboxKind = notifierKind({
  name: 'mailbox',
  summary: 'mails in a folder beside the store, to be read on the page or with a mail program',
  example: {},
  options: z.strictObject({ ignore: ignoreSetting }),
  async open({ ignore }, dependencies) {
    const { composeMail } = await import('../mail/mime.ts')
    const folder = join(dependencies.folder, MAIL_FOLDER)
    const address = `visor@${/^[\w.-]+$/.test(dependencies.host) ? dependencies.host : 'localhost'}`
    const addresses = { from: address, to: [address], cc: [] }
    const ignored = rangeMatcher(ignore ?? [])
    return singleTarget('mailbox', folder, async notification => {
      await keepMail(folder, notification, await composeMail(notification, addresses, dependencies, ignored))
    })
  }
})
