import type { Metric } from '../core/metric.ts'
import { codeOf, signatureOf } from '../derived/index.ts'

const error = ['error'] as const

/** What is counted of error logs, beside `client`, which both kinds share. */
export const ERROR_METRICS: readonly Metric[] = [
  {
    name: 'level',
    title: 'Levels',
    summary: 'error-log lines by severity',
    kinds: error,
    key: 'level',
    overTime: true,
    measure: []
  },
  {
    name: 'module',
    title: 'Modules',
    summary: 'error-log lines by module',
    kinds: error,
    key: 'module',
    measure: []
  },
  {
    name: 'code',
    title: 'Codes',
    summary: 'error-log lines by the AH code of their message',
    kinds: error,
    key: 'message',
    derive: codeOf,
    measure: []
  },
  {
    name: 'message',
    title: 'Messages',
    summary: 'error-log lines by the signature of their message',
    kinds: error,
    key: 'message',
    derive: signatureOf,
    measure: []
  }
]
