import type { AlertNotification, Notification, Severity } from '../../alerts/model.ts'
import type { NotifierDependencies } from '../kind.ts'
import { composeMessage } from '../message/compose.ts'
import { messageText } from '../message/text.ts'
import { htmlOf } from './html.ts'
import { printMail, word, type ComposedMail, type MailAddresses } from './print.ts'

/** Makes a mail of a notification, the same Message-ID each time; it never suggests to block the addresses that are `ignored`. */
export async function composeMail(
  notification: Notification,
  addresses: MailAddresses,
  dependencies: NotifierDependencies,
  ignored: (address: string) => boolean
): Promise<ComposedMail> {
  if (notification.occasion === 'report') {
    // Images take a library that alerts do not need.
    const { composeReport } = await import('./report/compose.ts')
    return composeReport(notification, addresses, dependencies)
  }
  const message = composeMessage(notification, dependencies, ignored)
  const content = {
    text: messageText(message),
    html: htmlOf(message),
    headers: headersOf(notification)
  }
  return printMail(notification, addresses, content, dependencies)
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

const PRIORITY: Readonly<Record<Severity, Readonly<Record<string, string>>>> = {
  critical: { 'X-Priority': '1 (Highest)', Importance: 'high' },
  warning: {},
  info: { 'X-Priority': '5 (Lowest)', Importance: 'low' }
}

function headersOf({ firing, resolved, severity }: AlertNotification): Record<string, string> {
  const rule = (firing[0] ?? resolved[0])?.rule
  return {
    'X-Visor-Severity': severity,
    ...(rule !== undefined && { 'X-Visor-Rule': word(rule) }),
    ...(firing.length > 0 ? PRIORITY[severity] : {})
  }
}
