import type { ReportNotification } from '../../../alerts/model.ts'
import type { NotifierDependencies } from '../../kind.ts'
import type { MailAddresses } from '../print.ts'

/** How the reader of a report's mail gets no more of them. */
export interface Leaving {
  /** A page that asks whether to; absent where there is none that can be reached. */
  readonly link?: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * List-Unsubscribe (RFC 2369), and where the page has https also its one click (RFC 8058, which wants https). Without a page that can
 * be reached a mail to the sender does, where that is somebody's address. A mail to several has none: it could take
 * off the others.
 */
export function leaving(
  { schedule }: ReportNotification,
  { from, to, cc, answered }: MailAddresses,
  { subscriptions }: NotifierDependencies
): Leaving {
  const [address, ...others] = [...to, ...cc]
  if (address === undefined || others.length > 0) return { headers: {} }
  const link = subscriptions?.link?.(schedule, address)
  if (link !== undefined)
    return {
      link,
      headers: {
        'List-Unsubscribe': `<${link}>`,
        ...(link.startsWith('https:') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' })
      }
    }
  if (!answered) return { headers: {} }
  const subject = encodeURIComponent(`unsubscribe ${schedule}`)
  return { headers: { 'List-Unsubscribe': `<mailto:${encodeURI(from)}?subject=${subject}>` } }
}
