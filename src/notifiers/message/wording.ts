import type { Alert, Notification } from '../../alerts/model.ts'
import type { Millis } from '../../core/time.ts'
import { formatSpan } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'

/** Characters of a subject after its `[visor] `. */
const MAX_HEADLINE_LENGTH = 172

/** A notification in one line: `CRITICAL Server errors: 7.2 % of 1,204 requests (usual 0.3 %)`. */
export function headlineOf({ occasion, severity, firing, title }: Notification): string {
  const badge = occasion === 'test' ? 'TEST ' : firing.length > 0 ? `${severity.toUpperCase()} ` : ''
  return printable(`${badge}${title}`, MAX_HEADLINE_LENGTH)
}

/** The same as the subject of a mail. */
export function subjectOf(notification: Notification): string {
  return `[visor] ${headlineOf(notification)}`
}

/** How long an alert lasted, or has lasted by now: `4 min 10 s`. */
export function durationOf({ since, resolved }: Alert, now: Millis): string {
  return formatSpan(Math.max(0, (resolved ?? now) - since))
}
