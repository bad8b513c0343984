import type { Format } from '../core/format.ts'
import type { Metric } from '../core/metric.ts'
import { METRICS } from '../metrics/index.ts'
import { Pipelines, type FormatSlot } from '../reading/pipeline.ts'
import { Aggregator } from './aggregator.ts'
import { Encoder } from './encode.ts'
import type { EnginePlan, EngineSource } from './plan.ts'
import { SignalAggregator } from './signals.ts'

/** What the lines of one format of a source run through; shared by all its streams that have that format. */
export interface LiveSlot extends FormatSlot {
  /** Counts what is read over time, and all else. */
  readonly aggregators: { readonly overTime: Aggregator; readonly other: Aggregator }
  /** Counts for alert rules. */
  readonly signals: SignalAggregator
  readonly encoder: Encoder
}

/** The pipelines of a source. `maxLineBytes` is how long a line may be, where that is not the usual number. */
export function pipelinesOf(
  plan: EnginePlan,
  { name: source, zone }: EngineSource,
  maxLineBytes?: number
): Pipelines<LiveSlot> {
  const prefix = `${plan.name}.${plan.sources.findIndex(({ name }) => name === source)}`
  let encoders = 0
  const slotOf = (format: Format): LiveSlot => {
    const metrics = metricsFor(format, plan.country)
    const aggregatorOf = (overTime: boolean): Aggregator =>
      new Aggregator(
        source,
        metrics.filter(metric => (metric.overTime ?? false) === overTime)
      )
    return {
      format,
      aggregators: { overTime: aggregatorOf(true), other: aggregatorOf(false) },
      signals: new SignalAggregator(plan.signals, { source, kind: format.kind }),
      encoder: new Encoder(`${prefix}.${encoders++}`, source, format)
    }
  }
  return new Pipelines(slotOf, {
    ...(zone !== undefined && { zone }),
    ...(maxLineBytes !== undefined && { maxLine: maxLineBytes })
  })
}

/** The metrics that have something to count in lines of a format; those of countries only where they are wanted. */
export function metricsFor({ kind, fields }: Format, country: boolean): Metric[] {
  const has = (field: string): boolean => fields.includes(field)
  return METRICS.filter(
    ({ field, kinds, key, filter }) =>
      (country || field !== 'country') &&
      kinds.includes(kind) &&
      (key === null || has(key)) &&
      (filter === undefined || filter.field.some(has))
  )
}
