import { join } from 'node:path'
import * as z from 'zod'
import { notifierKind } from '../kind.ts'
import { ignoring, ignoreSetting } from '../settings.ts'
import { sole } from '../sole.ts'

export { listMails, readMail, type MailHead, type StoredMail } from './read.ts'

/** The folder of mailboxes within that of the store. */
export const MAILS = 'mail'

/** Mails that are kept in a folder. */
export const mailboxKind = notifierKind({
  name: 'mailbox',
  summary: 'mails in a folder beside the store, to be read on the page or with a mail program',
  example: {},
  options: z.strictObject({ ignore: ignoreSetting }),
  async open({ ignore }, dependencies) {
    const { keepMail } = await import('./keep.ts')
    const { mailOf } = await import('../mail/mime.ts')
    const folder = join(dependencies.folder, MAILS)
    const address = `visor@${/^[\w.-]+$/.test(dependencies.host) ? dependencies.host : 'localhost'}`
    const correspondents = { from: address, to: [address], cc: [] }
    return sole('mailbox', folder, async notification => {
      await keepMail(
        folder,
        notification,
        await mailOf(notification, correspondents, dependencies, ignoring(ignore))
      )
    })
  }
})
