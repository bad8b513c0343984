import type { Alert } from '../../alerts/model.ts'
import { SECOND, toMicros, type Millis } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { windowOf } from '../../core/window.ts'
import { table, widthOf, type TableColumn } from '../../reports/layout.ts'

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

/** A table of texts, the last column cut where lines would be wider than `width`. */
export function textTable(rows: readonly (readonly string[])[], width: number): string[] {
  const shown = rows.map(row => row.map(cell => visible(cell)))
  const last = (rows[0]?.length ?? 0) - 1
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...shown.map(row => widthOf(row[i] ?? ''))))
  const natural = widths.reduce((sum, one) => sum + one, 2 * last)
  const columns = widths.map((_, i): TableColumn => ({ align: 'left', fills: i === last }))
  return table(columns, shown, Math.min(width, natural))
}
