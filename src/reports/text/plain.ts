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
          entry('Top error ip addresses', errorAddressesOf(contents))
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

function importRateOf({
  importRate,
  counters,
  counted = counters?.read,
  period
}: ReportContents): number | undefined {
  if (importRate) return importRate.average
  const seconds = period ? toSeconds(period.to - period.from) : 0
  return counted !== undefined && seconds > 0 ? counted / seconds : undefined
}

/** Those whose lines of the error log are errors; without one, those whose requests were answered with 400 or more. */
function errorAddressesOf(contents: ReportContents): string[] {
  const { inErrorLog } = contents
  if (!metricNamed(contents, 'level'))
    return addressesOf(contents, 'error_client', metricNamed(contents, 'status') ? 'none' : UNKNOWN)
  if (!inErrorLog) return [UNKNOWN]
  const clients = Array.from(inErrorLog, ([key, { errors }]) => ({ key, count: errors }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
  return clients.length > 0 ? addressTexts(clients) : ['none']
}

function addressesOf(contents: ReportContents, metric: string, none = UNKNOWN): string[] {
  const top = metricNamed(contents, metric)?.top ?? []
  return top.length > 0 ? addressTexts(top) : [none]
}

/** `198.51.100.14: 412`, the most frequent first. */
function addressTexts(top: readonly { readonly key: string; readonly count: number }[]): string[] {
  return top
    .slice(0, MAX_ADDRESSES)
    .map(({ key, count }) => `${printable(key, MAX_LENGTH)}: ${formatCount(count)}`)
}
