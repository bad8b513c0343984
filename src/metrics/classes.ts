import reasons from './reasons.json' with { type: 'json' }
import type { Classes, ClassTone } from '../core/metric.ts'

/** Statuses of HTTP by their first digit. 6xx and above do not exist and are `other`, as requests without one are. */
export const STATUS_CLASSES: Classes = {
  all: [
    { name: '1xx', tone: 'other' },
    { name: '2xx', tone: 'success' },
    { name: '3xx', tone: 'info' },
    { name: '4xx', tone: 'warning', label: 'Client errors' },
    { name: '5xx', tone: 'critical', label: 'Server errors' },
    { name: 'other', tone: 'other' }
  ],
  classOf: status => (/^[1-5]\d\d$/.test(status) ? `${status[0]}xx` : 'other'),
  meaningOf: status => REASONS.get(status),
  chart: 'Requests with errors'
}

const SEVERITIES = new Map([
  ['emerg', 'error'],
  ['alert', 'error'],
  ['crit', 'error'],
  ['error', 'error'],
  ['warn', 'warn'],
  ['warning', 'warn']
])

/** Severities of Apache and nginx: `error` is error and worse, `other` is notice, info, debug and trace. */
export const SEVERITY_CLASSES: Classes = {
  all: [
    { name: 'warn', tone: 'warning' },
    { name: 'error', tone: 'critical' },
    { name: 'other', tone: 'other' }
  ],
  classOf: level => SEVERITIES.get(level.toLowerCase()) ?? 'other'
}

/** The metrics that together count each line once. */
export const LINE_METRICS: readonly string[] = ['requests', 'level']

const BY_FIELD: ReadonlyMap<string, Classes> = new Map([
  ['status', STATUS_CLASSES],
  ['level', SEVERITY_CLASSES]
])

/** The classes of a field's values; `undefined` for a field without. */
export function classesOf(field: string): Classes | undefined {
  return BY_FIELD.get(field)
}

/** Whether a value of a field is good or bad. */
export function toneOfValue(field: string, value: string): ClassTone {
  const classes = classesOf(field)
  const name = classes?.classOf(value)
  return classes?.all.find(one => one.name === name)?.tone ?? 'other'
}

/** Reason phrases of RFC 9110 and the registry, and what nginx logs of its own. */
const REASONS: ReadonlyMap<string, string> = new Map(Object.entries(reasons))
