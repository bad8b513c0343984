import { readAs, type ClassTone } from '../core/metric.ts'
import { clockIn } from '../core/steps.ts'
import { formatShare } from '../core/units.ts'
import { LINE_METRICS } from '../metrics/classes.ts'
import type { Compared, Figure, ValueUnit } from './block.ts'
import type { ComparedPeriod, ReportContents } from './contents.ts'
import type { MetricReading } from './period.ts'
import { spanOfTimes } from './value.ts'

/** What figures are read of: a report, or a period that it is held against. */
type Measured = Pick<ReportContents, 'metrics' | 'visitors' | 'importRate' | 'bots' | 'period'>

/** A figure, and whether more of it is good or bad. */
interface Measure {
  readonly label: string
  readonly unit: ValueUnit
  readonly value: number | undefined
  readonly missing?: string
  readonly note?: string
  readonly tone?: ClassTone
  readonly more?: 'good' | 'bad'
}

/** What is said of a value that lines do not hold. */
const NOT_LOGGED = 'not in this format'

/** The numbers that matter most, each with the same of the periods that a report is held against. */
export function comparedFigures(contents: ReportContents): Figure[] {
  if (contents.counted === 0) return [noLines(contents)]
  const others = contents.compared.map(other => ({ other, measures: measuresOf(other) }))
  return measuresOf(contents).map(({ more, ...measure }) => {
    const compared = others.map(({ other, measures }): Compared => {
      if (!other.complete) return { label: labelOf(other), value: undefined, ...(more && { more }) }
      const same = measures.find(({ label }) => label === measure.label)
      // Of what a period has no line of, it has none.
      const none = same === undefined && measure.unit === 'count' ? 0 : undefined
      return { label: labelOf(other), value: same?.value ?? none, ...(more && { more }) }
    })
    return { ...measure, ...(compared.length > 0 && { compared }) }
  })
}

/** Of a store in which nothing was logged: that is known. */
function noLines({ compared }: ReportContents): Figure {
  const others = compared.map(other => ({
    label: labelOf(other),
    value: other.complete ? lineCount(other) : undefined
  }))
  return { label: 'Lines', unit: 'count', value: 0, ...(others.length > 0 && { compared: others }) }
}

/** How many lines were counted. */
export function lineCount({ metrics }: Pick<Measured, 'metrics'>): number {
  return metrics.reduce(
    (sum, { metric, count, lines = count }) => sum + (LINE_METRICS.includes(metric.name) ? lines : 0),
    0
  )
}

function labelOf({ label, complete }: ComparedPeriod): string {
  return complete ? label : `${label} (not wholly watched)`
}

/** A metric of a period, or of a timeline; `undefined` where it counted nothing. */
export function metricNamed<Of extends Pick<MetricReading, 'metric'>>(
  { metrics }: { readonly metrics: readonly Of[] },
  name: string
): Of | undefined {
  return metrics.find(({ metric }) => metric.name === name)
}

/** The share of the requests with a status that a class of it has; `undefined` where no line has one. */
export function statusShare(measured: Pick<Measured, 'metrics'>, name: string): number | undefined {
  const status = metricNamed(measured, 'status')
  return status && (status.classes?.[name] ?? 0) / status.count
}

function measuresOf(measured: Measured): Measure[] {
  const requests = metricNamed(measured, 'requests')
  return [
    ...(requests ? requestMeasures(requests, measured) : []),
    ...classMeasures(measured),
    ...(requests?.count ? durationMeasures(measured) : []),
    ...errorLogMeasures(measured)
  ]
}

function requestMeasures(requests: MetricReading, measured: Measured): Measure[] {
  const { visitors, importRate, bots, period } = measured
  // Where nobody asked, it is not known what requests would tell.
  if (requests.count === 0) return [{ label: 'Requests', unit: 'count', value: 0 }]
  const bytes = metricNamed(measured, 'bytes')?.sum ?? (requests.sum || undefined)
  return [
    { label: 'Requests', unit: 'count', value: requests.count },
    { label: 'Sent', unit: 'bytes', value: bytes, ...(bytes === undefined && { missing: NOT_LOGGED }) },
    ...(importRate
      ? ([
          { label: 'Lines a second', unit: 'rate', value: importRate.average, note: 'average' },
          {
            label: 'Most lines a second',
            unit: 'rate',
            value: importRate.peak,
            note: peakNote(importRate, period?.zone ?? 'UTC')
          }
        ] as const)
      : []),
    {
      label: 'Visitors',
      unit: 'count',
      value: visitors?.count,
      ...(visitors ? { note: visitorNote(visitors.error, bots !== undefined) } : { missing: NOT_LOGGED })
    },
    {
      label: 'Requests of programs',
      unit: 'share',
      value: bots && bots.requests / requests.count,
      ...(bots ? { note: 'that say so in their user agent' } : { missing: NOT_LOGGED })
    }
  ]
}

/** When most came, and over how long that is the mean. */
function peakNote({ peakFrom, peakTo }: NonNullable<Measured['importRate']>, zone: string): string {
  const clock = clockIn(zone)
  const [from, to] = [clock(peakFrom), clock(peakTo)].map(time => time.replace(/:00$/, ''))
  return `the mean from ${spanOfTimes(from!, to!)}`
}

/** How visitors are told apart. */
export function visitorNote(error: number, agents: boolean): string {
  const who = agents ? 'distinct addresses with their user agents, programs left out' : 'distinct addresses'
  return error === 0 ? who : `${who}; an estimate, standard error ${formatShare(error, 1)}`
}

/** The shares of the classes that have a label, among the lines that have such a key. */
function classMeasures({ metrics }: Measured): Measure[] {
  return metrics
    .filter(({ metric }) => metric.shareOf !== undefined)
    .flatMap(({ metric: { classes, key }, classes: counts = {}, whole, count }) =>
      (classes?.all ?? []).flatMap(({ name, label, tone }): Measure[] =>
        label === undefined
          ? []
          : // Lines without a status are no answers.
            [shareMeasure(label, (counts[name] ?? 0) / (key === 'status' ? count : whole), tone)]
      )
    )
}

/** From these shares on a class is out of the usual, by how bad it is. */
const UNUSUAL: Partial<Record<ClassTone, number>> = { critical: 0.01, warning: 0.25 }

function shareMeasure(label: string, value: number, tone: ClassTone): Measure {
  return { label, unit: 'share', value, more: 'bad', ...(value >= (UNUSUAL[tone] ?? 1) && { tone }) }
}

function durationMeasures(measured: Measured): Measure[] {
  const duration = metricNamed(measured, 'duration')
  return (['p50', 'p95', 'p99'] as const).map(name => ({
    label: `Duration ${name}`,
    unit: 'seconds',
    value: duration?.percentiles?.[name],
    more: 'bad',
    ...(!duration && { missing: NOT_LOGGED })
  }))
}

function errorLogMeasures({ metrics }: Measured): Measure[] {
  return metrics
    .filter(
      ({ metric }) =>
        metric.kinds.every(kind => kind === 'error') && metric.classes && readAs(metric) === 'top'
    )
    .flatMap(({ count, classes = {} }): Measure[] => [
      { label: 'Error-log lines', unit: 'count', value: count },
      { label: 'Errors in the error log', unit: 'count', value: classes['error'] ?? 0, more: 'bad' }
    ])
}
