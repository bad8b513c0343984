import { formatSpan } from '../../core/units.ts'
import type { Alert, Notification } from '../../alerts/model.ts'
import { shown } from './shown.ts'

/** Characters of a subject, besides its `[visor] `. */
const LONGEST = 172

/** What a notification comes to, in one line: `CRITICAL Server errors: 7.2 % of 1,204 requests (usual 0.3 %)`. */
export function verdictOf({ occasion, severity, firing, title }: Notification): string {
  const badge = occasion === 'test' ? 'TEST ' : firing.length > 0 ? `${severity.toUpperCase()} ` : ''
  return shown(`${badge}${title}`, LONGEST)
}

/** The same as the subject of a mail. */
export function subjectOf(notification: Notification): string {
  return `[visor] ${verdictOf(notification)}`
}

/** How long an alert lasted, or has lasted by now: `4 min 10 s`. */
export function lastedText({ since, resolved }: Alert, now: number): string {
  return formatSpan(Math.max(0, (resolved ?? now) - since))
}
