import MailComposer from 'nodemailer/lib/mail-composer'
import type { Notification, Severity } from '../../alerts/model.ts'
import type { NotifierDependencies } from '../kind.ts'
import { composeMessage } from '../message/compose.ts'
import { messageText } from '../message/text.ts'
import { htmlOf } from './html.ts'

/** From whom to whom: plain addresses. */
export interface MailAddresses {
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
}

/** A notification as a mail. */
export interface ComposedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The whole message (RFC 5322). */
  readonly bytes: Buffer
}

/** Makes a mail of a notification, the same Message-ID each time; it never suggests to block the addresses that are `ignored`. */
export async function composeMail(
  notification: Notification,
  { from, to, cc }: MailAddresses,
  dependencies: NotifierDependencies,
  ignored: (address: string) => boolean
): Promise<ComposedMail> {
  const message = composeMessage(notification, dependencies, ignored)
  const [text, html] = [messageText(message), htmlOf(message)]
  const { thread, id, created } = notification
  const first = idOf(thread, dependencies)
  const composer = new MailComposer({
    from: { name: 'Visor', address: from },
    to: [...to],
    cc: [...cc],
    subject: message.subject,
    messageId: idOf(id, dependencies),
    ...(thread !== id && { inReplyTo: first, references: first }),
    date: new Date(created),
    headers: headersOf(notification, dependencies),
    text,
    html,
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true
  })
  return { subject: message.subject, text, html, bytes: await composer.compile().build() }
}

/** Makes a mail for nobody: the first one takes some twenty milliseconds longer than the others. */
export async function warmUp(dependencies: NotifierDependencies): Promise<void> {
  const notification: Notification = {
    id: 'none',
    receiver: dependencies.name,
    occasion: 'test',
    group: '',
    thread: 'none',
    created: 0,
    severity: 'info',
    title: '',
    firing: [],
    resolved: []
  }
  await composeMail(
    notification,
    { from: 'visor@localhost', to: ['visor@localhost'], cc: [] },
    dependencies,
    () => false
  )
}

function idOf(id: string, { host }: NotifierDependencies): string {
  return `<${word(id)}@${word(host)}>`
}

/** What may stand in a header without quotes. */
function word(text: string): string {
  return text.replaceAll(/[^\w.+-]/g, '-')
}

const PRIORITY: Readonly<Record<Severity, Readonly<Record<string, string>>>> = {
  critical: { 'X-Priority': '1 (Highest)', Importance: 'high' },
  warning: {},
  info: { 'X-Priority': '5 (Lowest)', Importance: 'low' }
}

function headersOf(
  { firing, resolved, severity }: Notification,
  { name, host }: NotifierDependencies
): Record<string, string> {
  const rule = (firing[0] ?? resolved[0])?.rule
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
    'List-Id': `<${word(name)}.visor.${word(host)}>`,
    'X-Visor-Severity': severity,
    ...(rule !== undefined && { 'X-Visor-Rule': word(rule) }),
    ...(firing.length > 0 ? PRIORITY[severity] : {})
  }
}
