import type { Metric } from '../core/metric.ts'
import { SEVERITY_CLASSES } from './classes.ts'
import { keyed } from './keyed.ts'

const lines = { kinds: ['error'], group: 'Error log', unit: 'lines', measure: [] } as const

/** What is counted of error logs, beside `client`, which both kinds share. */
export const ERROR_METRICS: readonly Metric[] = [
  keyed('signature', 'Messages', 'error-log lines by the signature of their message', {
    ...lines,
    name: 'message',
    spans: true,
    details: 'signatures'
  }),
  keyed('code', 'Codes', 'error-log lines by the AH code of their message', { ...lines, below: true }),
  keyed('level', 'Severity', 'error-log lines by severity', {
    ...lines,
    overTime: true,
    chart: 'Error log',
    classes: SEVERITY_CLASSES,
    headline: [{ label: 'Error-log lines', of: 'count', note: 'all severities' }]
  }),
  keyed('module', 'Modules', 'error-log lines by module', { ...lines, below: true })
]
