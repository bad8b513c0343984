import type { Alert, Notification } from '../../alerts/model.ts'
import type { Millis } from '../../core/time.ts'
import { formatSpan } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'

/** Characters of a subject after its `[visor] `. */
const MAX_HEADLINE_LENGTH = 172

/** Text of a log in one line of at most so many characters, without any that mislead the eye. */
export function printable(text: string, maxLength = 200): string {
  const all = visible(text.slice(0, maxLength + 1))
  return all.length > maxLength ? `${all.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…` : all
}

/** `2026-11-25 14:03:20 UTC`. */
export function utcText(time: Millis): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

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
