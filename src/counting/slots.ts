import type { Format } from '../core/format.ts'
import type { Metric } from '../core/metric.ts'
import type { Cell, Rollup } from '../core/rollup.ts'
import { DETAILS } from '../core/program.ts'
import { derivationOf } from '../derived/index.ts'
import { METRICS } from '../metrics/index.ts'
import { scrubOf } from '../privacy/scrub.ts'
import { queryFields } from '../query/index.ts'
import { Pipelines, type FormatSlot, type Pipeline } from '../reading/pipeline.ts'
import { SAMPLE_FIELDS } from '../reading/sample.ts'
import { Aggregator } from './aggregator.ts'
import { Encoder } from './encode.ts'
import type { EnginePlan, EngineSource } from './plan.ts'
import { SignalAggregator } from './signals.ts'

/** What several readings count together. */
export interface SharedCounts {
  readonly rollup: Rollup
  /** The metric is the signal's name. */
  readonly signals: Rollup
  /** Cells of the rollup of which what is derived is left to others, where it is. */
  readonly underived?: Set<Cell>
}

/** What the lines of one format of a source run through; shared by all its streams that have that format. */
export interface LiveSlot extends FormatSlot {
  /** Counts what is read over time, and all else. */
  readonly aggregators: { readonly overTime: Aggregator; readonly other: Aggregator }
  /** Counts for alert rules. */
  signals: SignalAggregator
  /** Makes events of lines, where they are asked for. */
  readonly encoder: Encoder | undefined
}

/** How the pipelines of a source differ from the usual. */
export interface PipelineOptions {
  /** How long a line may be, where that is not the usual number. */
  readonly maxLineBytes?: number | undefined
  /** Whether lines become events; they do when absent. `whole`: with the lines themselves. */
  readonly events?: boolean | 'whole'
  /** Secret of the scanner's hashes, random when absent. */
  readonly seed?: bigint
  /** Stands before the generations of dictionaries: distinguishes those of one sender that begins anew again and again. */
  readonly era?: string
}

/** The pipelines of a source of a plan. */
export function pipelinesOf(
  plan: EnginePlan,
  { name: source, zone }: EngineSource,
  { maxLineBytes, events = true, seed, era }: PipelineOptions = {}
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
      encoder: events
        ? new Encoder(`${prefix}.${encoders++}`, source, format, era, events === 'whole')
        : undefined
    }
  }
  return new Pipelines(slotOf, {
    scrub: scrubOf(plan.scrub ?? true),
    ...(zone !== undefined && { zone }),
    ...(maxLineBytes !== undefined && { maxLine: maxLineBytes }),
    ...(seed !== undefined && { seed }),
    ...(!events && { wanted: wantedIn(plan) })
  })
}

/** Counts the signals that a plan has by now from here on; what was counted of those before is to be flushed by then. */
export function recount(pipelines: Pipelines<LiveSlot>, { signals }: EnginePlan, source: string): void {
  for (const { slots } of pipelines.all())
    for (const slot of slots) slot.signals = new SignalAggregator(signals, { source, kind: slot.format.kind })
}

/** Which fields somebody asks for while lines themselves are not kept. */
function wantedIn({ signals }: EnginePlan): (field: string) => boolean {
  const asked = signals.map(({ where }) => queryFields(where))
  if (asked.includes(undefined)) return () => true
  const keys = signals.flatMap(({ by, value }) => [...by, ...(value ? [value.field] : [])])
  const wanted = new Set([
    DETAILS,
    ...SAMPLE_FIELDS,
    ...METRICS.map(({ key }) => key ?? ''),
    ...asked.flatMap(fields => [...(fields ?? [])]),
    ...keys.map(field => derivationOf(field)?.from ?? field)
  ])
  return field => wanted.has(field)
}

/** Adds what all pipelines of a source counted since they were flushed last, no cell with many more keys than `limit`. */
export function flushAll(pipelines: Pipelines<LiveSlot>, into: SharedCounts, limit: number): void {
  for (const pipeline of pipelines.all()) flushPipeline(pipeline, into, limit)
}

export function flushPipeline({ slots }: Pipeline<LiveSlot>, into: SharedCounts, limit: number): void {
  for (const { aggregators, signals } of slots) {
    aggregators.overTime.flush(into.rollup, limit, into.underived)
    aggregators.other.flush(into.rollup, limit, into.underived)
    signals.flush(into.signals)
  }
}

/** Tables of counts take a kilobyte and more. */
const MANY_TABLES = 16_384

/** Whether pipelines have counted in so many windows that it is time to flush them. */
export function isLarge(pipelines: Pipelines<LiveSlot>): boolean {
  let tables = 0
  for (const { slots } of pipelines.all())
    for (const { aggregators, signals } of slots)
      tables += aggregators.overTime.tables + aggregators.other.tables + signals.tables
  return tables > MANY_TABLES
}

/** The metrics that have something to count in lines of a format; those of countries only where they are wanted. */
export function metricsFor({ kind, fields }: Format, country: boolean): Metric[] {
  const has = (field: string): boolean => fields.includes(field)
  return allMetrics(country).filter(
    ({ kinds, key, filter, pair, target }) =>
      kinds.includes(kind) &&
      (key === null || has(key)) &&
      (pair === undefined || pair.hashed !== undefined || has(pair.field)) &&
      (target === undefined || has(target.from)) &&
      (filter === undefined || filter.field.some(has))
  )
}

/** All metrics; those of countries only where they are wanted. */
export function allMetrics(country: boolean): readonly Metric[] {
  return METRICS.filter(({ field }) => country || field !== 'country')
}
