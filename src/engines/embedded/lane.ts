import type { Format } from '../../core/format.ts'
import type { Metric } from '../../core/metric.ts'
import { formatsFor, withBare } from '../../formats/index.ts'
import { METRICS } from '../../metrics/index.ts'
import { Scanner } from '../../scanner/index.ts'
import { Encoder } from './encode.ts'
import { Aggregator } from './aggregator.ts'
import type { IngestPlan, IngestSource } from './messages.ts'
import { SignalAggregator } from './signals.ts'

/** What the lines of a choice of formats of one source run through; shared by all streams that have it. */
export interface Lane {
  /** Runs the programs of the forms, in order. */
  readonly scanner: Scanner
  readonly forms: readonly Form[]
}

/** What the lines of one format among them run through. */
export interface Form {
  readonly format: Format
  /** Counts what is read over time, and all else. */
  readonly aggregators: { readonly overTime: Aggregator; readonly other: Aggregator }
  /** Counts for alert rules. */
  readonly signals: SignalAggregator
  readonly encoder: Encoder
}

/** The lanes of one ingest thread, made when they are first needed. */
export class Lanes {
  readonly #plan: IngestPlan
  readonly #lanes = new Map<string, Lane>()
  #encoders = 0

  constructor(plan: IngestPlan) {
    this.#plan = plan
  }

  /** `maxLineBytes`: how many bytes a line of the source may have, where that is not the usual number. */
  of(source: IngestSource, text: string, maxLineBytes?: number): Lane {
    const id = `${source.name} ${text}`
    let lane = this.#lanes.get(id)
    if (!lane) {
      const formats = withBare(formatsFor(text))
      const programs = formats.map(format => format.program)
      lane = {
        scanner: new Scanner(programs, {
          ...(source.zone !== undefined && { zone: source.zone }),
          ...(maxLineBytes !== undefined && { maxLine: maxLineBytes })
        }),
        forms: formats.map(format => this.#formOf(source.name, format))
      }
      this.#lanes.set(id, lane)
    }
    return lane
  }

  #formOf(source: string, format: Format): Form {
    const metrics = metricsFor(format, this.#plan.country)
    const aggregatorOf = (overTime: boolean): Aggregator =>
      new Aggregator(
        source,
        metrics.filter(metric => (metric.overTime ?? false) === overTime)
      )
    return {
      format,
      aggregators: { overTime: aggregatorOf(true), other: aggregatorOf(false) },
      signals: new SignalAggregator(this.#plan.signals, { source, kind: format.kind }),
      encoder: new Encoder(`${this.#plan.name}.${this.#encoders++}`, source, format)
    }
  }
}

/** The metrics that have something to count in lines of a format; those of countries only where they are wanted. */
export function metricsFor({ kind, fields }: Format, country: boolean): Metric[] {
  const has = (field: string): boolean => fields.includes(field)
  return METRICS.filter(
    ({ name, kinds, key, where }) =>
      (country || name !== 'country') &&
      kinds.includes(kind) &&
      (key === null || has(key)) &&
      (where === undefined || where.field.some(has))
  )
}
