import type { Alert, Notification } from '../../alerts/model.ts'
import type { Millis } from '../../core/time.ts'
import { formatSpan } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'

/** Characters of a subject after its `[visor] `. */
const MAX_HEADLINE_LENGTH = 172

/** A notification in one line: `CRITICAL Server errors: 7.2 % of 1,204 requests (usual 0.3 %)`. */
export function headlineOf(notification: Notification): string {
  return printable(`${badgeOf(notification)}${notification.title}`, MAX_HEADLINE_LENGTH)
}

function badgeOf(notification: Notification): string {
  const { occasion, severity } = notification
  if (occasion === 'report') return ''
  return occasion === 'test' ? 'TEST ' : notification.firing.length > 0 ? `${severity.toUpperCase()} ` : ''
}

/** The same as the subject of a mail. */
export function subjectOf(notification: Notification): string {
  return `[visor] ${headlineOf(notification)}`
}

/** How long an alert lasted, or has lasted by now: `4 min 10 s`. */
export function durationOf({ since, resolved }: Alert, now: Millis): string {
  return formatSpan(Math.max(0, (resolved ?? now) - since))
}
