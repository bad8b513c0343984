import type { Metric } from '../core/metric.ts'
import { SEVERITY_CLASSES } from './classes.ts'
import { derived } from './derived.ts'

const lines = { kinds: ['error'], group: 'Error log', unit: 'lines', measure: [] } as const

/** What is counted of error logs, beside `client`, which both kinds share. */
export const ERROR_METRICS: readonly Metric[] = [
  {
    ...lines,
    ...derived('signature'),
    name: 'message',
    label: 'Messages',
    summary: 'error-log lines by the signature of their message',
    spans: true,
    details: 'signatures'
  },
  {
    ...lines,
    ...derived('code'),
    name: 'code',
    label: 'Codes',
    summary: 'error-log lines by the AH code of their message',
    below: true
  },
  {
    ...lines,
    name: 'level',
    label: 'Severity',
    summary: 'error-log lines by severity',
    key: 'level',
    overTime: true,
    chart: 'Error log',
    classes: SEVERITY_CLASSES,
    headline: [{ label: 'Error-log lines', of: 'count', note: 'all severities' }]
  },
  {
    ...lines,
    name: 'module',
    label: 'Modules',
    summary: 'error-log lines by module',
    key: 'module',
    below: true
  }
]
