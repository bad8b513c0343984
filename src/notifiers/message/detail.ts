import type { Alert, Share } from '../../alerts/model.ts'
import { formatValue } from '../../alerts/units.ts'
import type { EvidenceLine } from '../../core/signal.ts'
import type { Millis } from '../../core/time.ts'
import { formatCount, utcText } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import fieldNames from './field-names.json' with { type: 'json' }
import type { AlertDetail, Bar, Increase, LabeledText, Tone } from './message.ts'
import { mitigationOf } from './mitigation.ts'
import { durationOf } from './wording.ts'

const MAX_LINES = 5
const MAX_LINE_LENGTH = 400

const FIELD_NAMES: Readonly<Record<string, string>> = fieldNames

/** All of one alert. `ignored`: addresses that it never suggests to block. */
export function detailOf(alert: Alert, ignored: (address: string) => boolean): AlertDetail {
  const { evidence, phase } = alert
  const mitigation = phase === 'resolved' ? undefined : mitigationOf(alert, ignored)
  return {
    labels: Object.entries(alert.labels).map(([field, value]) => ({
      name: nameOf(field),
      text: valueText(value)
    })),
    bars: barsOf(alert),
    times: timesOf(alert),
    increases: evidence.shares.map(increaseOf),
    lines: linesOf(evidence.lines),
    errors: linesOf(evidence.errors),
    ...(mitigation && { mitigation })
  }
}

function nameOf(field: string): string {
  return FIELD_NAMES[field] ?? printable(field, 40)
}

function valueText(value: string): string {
  return value === '' ? '(none)' : printable(value, 120)
}

function linesOf(lines: readonly EvidenceLine[]): string[] {
  return lines.slice(-MAX_LINES).map(({ text }) => printable(text, MAX_LINE_LENGTH))
}

/** How an alert looks now. */
export function toneOf({ phase, severity }: Alert): Tone {
  return phase === 'resolved' ? 'good' : severity
}

/** What was measured beside its limit and what is usual; a single line over a limit of none needs no bars. */
function barsOf(alert: Alert): Bar[] {
  const { value, threshold, baseline, unit } = alert.evaluation
  if (value === undefined || (unit === 'count' && baseline === undefined && threshold <= 1)) return []
  const over = alert.phase === 'resolved' && alert.worst !== undefined
  const all: [name: string, value: number | undefined, tone: Tone][] = [
    ['worst', over ? alert.worst : undefined, alert.severity],
    ['now', value, toneOf(alert)],
    ['limit', threshold, 'neutral'],
    ['usual', baseline, 'neutral']
  ]
  const known = all.flatMap(([name, value, tone]) => (value === undefined ? [] : [{ name, value, tone }]))
  const largest = Math.max(...known.map(({ value }) => value))
  if (!(largest > 0)) return []
  return known.map(({ name, value, tone }) => ({
    name,
    tone,
    text: formatValue(value, unit),
    part: Math.max(0, value / largest)
  }))
}

function timesOf(alert: Alert): LabeledText[] {
  const { since, fired, resolved } = alert
  const times: [string, Millis | undefined][] = [
    ['Active since', since],
    ['Fired', fired],
    ['Resolved', resolved]
  ]
  const known = times.flatMap(([name, at]) => (at === undefined ? [] : [{ name, text: utcText(at) }]))
  return resolved === undefined ? known : [...known, { name: 'Duration', text: durationOf(alert, resolved) }]
}

function increaseOf({ field, value, now, before, count }: Share): Increase {
  return {
    name: nameOf(field),
    text: valueText(value),
    count: formatCount(count),
    before: formatValue(before, 'share'),
    now: formatValue(now, 'share'),
    part: now,
    partBefore: before
  }
}
