import type { Alert, Share } from '../../alerts/model.ts'
import { formatValue } from '../../alerts/units.ts'
import type { SignalLine } from '../../core/signal.ts'
import { formatCount } from '../../core/units.ts'
import { mitigationOf } from './mitigation.ts'
import { momentText, shown } from './shown.ts'
import { lastedText } from './subject.ts'
import type { Bar, Detail, Grown, Named, Tone } from './view.ts'

const LINES = 5
const LONGEST_LINE = 400

const NAMES: Readonly<Record<string, string>> = {
  client: 'Client',
  path: 'Path',
  agent: 'User agent',
  vhost: 'Virtual host',
  signature: 'Error signature',
  source: 'Source',
  status: 'Status',
  method: 'Method',
  user: 'User',
  referrer: 'Referrer',
  country: 'Country'
}

/** What is to be told of one alert. `ignored`: addresses that nobody is advised to keep out. */
export function detailOf(alert: Alert, ignored: (address: string) => boolean): Detail {
  const { evidence, phase } = alert
  const mitigation = phase === 'resolved' ? undefined : mitigationOf(alert, ignored)
  return {
    labels: Object.entries(alert.labels).map(([field, value]) => ({
      name: nameOf(field),
      text: valueText(value)
    })),
    bars: barsOf(alert),
    times: timesOf(alert),
    shares: evidence.shares.map(grown),
    lines: linesOf(evidence.lines),
    errors: linesOf(evidence.errors),
    ...(mitigation && { mitigation })
  }
}

function nameOf(field: string): string {
  return NAMES[field] ?? shown(field, 40)
}

function valueText(value: string): string {
  return value === '' ? '(none)' : shown(value, 120)
}

function linesOf(lines: readonly SignalLine[]): string[] {
  return lines.slice(-LINES).map(({ text }) => shown(text, LONGEST_LINE))
}

/** How an alert looks now. */
export function toneOf({ phase, severity }: Alert): Tone {
  return phase === 'resolved' ? 'good' : severity
}

/** What was measured beside its limit and what is usual. One or no line over none says nothing. */
function barsOf(alert: Alert): Bar[] {
  const { value, threshold, baseline, unit } = alert.evaluation
  if (value === undefined || (unit === 'count' && baseline === undefined && threshold <= 1)) return []
  const over = alert.phase === 'resolved' && alert.worst !== undefined
  const all: [name: string, value: number | undefined, tone: Tone][] = [
    ['at worst', over ? alert.worst : undefined, alert.severity],
    ['now', value, toneOf(alert)],
    ['limit', threshold, 'calm'],
    ['usual', baseline, 'calm']
  ]
  const told = all.flatMap(([name, value, tone]) => (value === undefined ? [] : [{ name, value, tone }]))
  const largest = Math.max(...told.map(({ value }) => value))
  if (!(largest > 0)) return []
  return told.map(({ name, value, tone }) => ({
    name,
    tone,
    text: formatValue(value, unit),
    part: Math.max(0, value / largest)
  }))
}

function timesOf(alert: Alert): Named[] {
  const { since, fired, resolved } = alert
  const times: [string, number | undefined][] = [
    ['Bad since', since],
    ['Fired', fired],
    ['Resolved', resolved]
  ]
  const told = times.flatMap(([name, at]) => (at === undefined ? [] : [{ name, text: momentText(at) }]))
  return resolved === undefined ? told : [...told, { name: 'Lasted', text: lastedText(alert, resolved) }]
}

function grown({ field, value, now, before, count }: Share): Grown {
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
