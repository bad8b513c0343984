import { toSeconds } from '../../core/time.ts'
import { formatCount, formatShare } from '../../core/units.ts'
import { printable } from '../../core/visible.ts'
import type { ReportContents } from '../contents.ts'
import { metricNamed } from '../measures.ts'

/** How many addresses the first Visor listed, and characters of one. */
const [MAX_ADDRESSES, MAX_LENGTH] = [3, 100]

/**
 * The summary of the first Visor: the same numbers under the same names, and no more. Errors are, as there, lines of the error log
 * of severity `error` or worse; where there is no error log, requests that were answered with 400 or more. The rate is of lines
 * that can be errors, which those without a status cannot. Without `details` no address is named.
 */
export function plainSummary(contents: ReportContents, details = true): string {
  const { counters, counted = counters?.read } = contents
  const [errors, whole] = errorsOf(contents)
  const rate = importRateOf(contents)
  const basic = [
    entry('Log count', [counted === undefined ? UNKNOWN : formatCount(counted)]),
    entry('Error count', [errors === undefined ? UNKNOWN : formatCount(errors)]),
    entry('Error rate', [errors === undefined || !whole ? UNKNOWN : formatShare(errors, whole)])
  ]
  const statistics = [
    entry('Log import rate', [rate === undefined ? UNKNOWN : `${rate.toFixed(2)} per sec`]),
    ...(details
      ? [
          entry('Top ip addresses', addressesOf(contents, 'client')),
          entry('Top error ip addresses', addressesOf(contents, 'error_client'))
        ]
      : [])
  ]
  return ['Basic:', ...basic.flat(), 'Statistics:', ...statistics.flat(), ''].join('\n')
}

const UNKNOWN = 'unknown'

function entry(name: string, values: readonly string[]): string[] {
  return [`  ${name}:`, ...values.map(value => `  - ${value}`)]
}

/** How many errors there were, and of how many lines; `undefined` where no log tells. */
function errorsOf(contents: ReportContents): [errors: number | undefined, whole: number] {
  const [level, status] = [metricNamed(contents, 'level'), metricNamed(contents, 'status')]
  const whole = (level?.count ?? 0) + (status?.count ?? 0)
  if (level) return [level.classes?.['error'], whole]
  const { '4xx': wrong = 0, '5xx': failed = 0 } = status?.classes ?? {}
  return [status && wrong + failed, whole]
}

function importRateOf({ importRate, counters, period }: ReportContents): number | undefined {
  if (importRate) return importRate.average
  const seconds = period ? toSeconds(period.to - period.from) : 0
  return counters && seconds > 0 ? counters.read / seconds : undefined
}

/** `198.51.100.14: 412`, the most frequent first. */
function addressesOf(contents: ReportContents, metric: string): string[] {
  const top = metricNamed(contents, metric)?.top.slice(0, MAX_ADDRESSES) ?? []
  // Whose lines of the error log were errors is not counted.
  if (top.length === 0)
    return [metric === 'error_client' && metricNamed(contents, 'status') ? 'none' : UNKNOWN]
  return top.map(({ key, count }) => `${printable(key, MAX_LENGTH)}: ${formatCount(count)}`)
}
