import MailComposer from 'nodemailer/lib/mail-composer'
import type { Notification, ReportAttachment } from '../../alerts/model.ts'
import type { NotifierDependencies } from '../kind.ts'
import { subjectOf } from '../message/wording.ts'

/** From whom to whom: plain addresses. */
export interface MailAddresses {
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  /** Whether somebody reads what is sent to `from`. */
  readonly answered?: boolean
}

/** A notification as a mail. */
export interface ComposedMail {
  readonly subject: string
  readonly text: string
  /** With its images in it, for those who show it without the message; absent where it is text alone. */
  readonly html?: string | undefined
  /** The whole message (RFC 5322). */
  readonly bytes: Buffer
}

/** What a mail holds. */
export interface MailContent {
  readonly text: string
  /** Its images are `cid:NAME`. */
  readonly html?: string
  /** PNG, by their names. */
  readonly images?: ReadonlyMap<string, Buffer>
  readonly attachments?: readonly ReportAttachment[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Prints a mail; what the same notification holds has the same Message-ID, and is in the same thread. */
export async function printMail(
  notification: Notification,
  { from, to, cc }: MailAddresses,
  { text, html, images = new Map(), attachments = [], headers }: MailContent,
  dependencies: NotifierDependencies
): Promise<ComposedMail> {
  const { thread, id, created } = notification
  const first = idOf(thread, dependencies)
  const subject = subjectOf(notification)
  const composer = new MailComposer({
    from: { name: 'Visor', address: from },
    to: [...to],
    cc: [...cc],
    subject,
    messageId: idOf(id, dependencies),
    // No report answers another one: they only belong together.
    ...(thread !== id && notification.occasion !== 'report' && { inReplyTo: first }),
    ...(thread !== id && { references: first }),
    date: new Date(created),
    headers: { ...LIST_HEADERS, 'List-Id': listId(notification, dependencies), ...headers },
    text,
    ...(html !== undefined && { html }),
    attachments: [
      ...Array.from(images, ([cid, content]) => ({
        cid,
        content,
        filename: `${cid}.png`,
        contentDisposition: 'inline' as const
      })),
      ...attachments.map(({ name, type, text }) => ({ filename: name, contentType: type, content: text }))
    ],
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true
  })
  const shown = Array.from(images).reduce(
    (html, [cid, png]) => html?.replace(`"cid:${cid}"`, `"data:image/png;base64,${png.toString('base64')}"`),
    html
  )
  return { subject, text, html: shown, bytes: await composer.compile().build() }
}

function idOf(id: string, { host }: NotifierDependencies): string {
  return `<${word(id)}@${word(host)}>`
}

/** What may stand in a header without quotes. */
export function word(text: string): string {
  return text.replaceAll(/[^\w.+-]/g, '-')
}

const LIST_HEADERS = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/** Alerts of a receiver are a list, and so are the reports of a schedule. */
function listId(notification: Notification, { name, host }: NotifierDependencies): string {
  const list = notification.occasion === 'report' ? `${word(notification.schedule)}.reports` : word(name)
  return `<${list}.visor.${word(host)}>`
}
