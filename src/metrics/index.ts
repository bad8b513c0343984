import type { Metric } from '../core/metric.ts'
import { ACCESS_METRICS } from './access.ts'
import { ERROR_METRICS } from './error.ts'

/** All built-in metrics: a new one is one entry in the list of its kind. */
export const METRICS: readonly Metric[] = [...ACCESS_METRICS, ...ERROR_METRICS]
