import type { Alert } from '../../alerts/model.ts'
import { SECOND, toMicros, type Millis } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import { windowOf } from '../../core/window.ts'

/** A time to the second, as ISO 8601. */
export function timeText(ms: Millis): string {
  return isoTime(windowOf(toMicros(ms), SECOND))
}

/** `client 10.0.0.7, vhost shop`; empty for an alert of no labels. */
export function labelsText(labels: Alert['labels']): string {
  return Object.entries(labels)
    .map(([field, value]) => `${field} ${value === '' ? '-' : value}`)
    .join(', ')
}

/** `firing`, with what holds notifications back. */
export function phaseText({ phase, acknowledged, flapping }: Alert, silenced = false): string {
  const more = [
    ...(acknowledged ? ['acknowledged'] : []),
    ...(silenced ? ['silenced'] : []),
    ...(flapping ? ['flapping'] : [])
  ]
  return [phase, ...more].join(', ')
}

/** An alert in one line: `A burst of server errors (client 10.0.0.7): 31 requests in 10s (limit 20)`. */
export function verdictOf({ title, labels, evaluation }: Alert): string {
  const of = labelsText(labels)
  return `${title}${of === '' ? '' : ` (${of})`}: ${evaluation.summary}`
}
