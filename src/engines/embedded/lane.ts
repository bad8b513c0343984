import type { Format } from '../../core/format.ts'
import type { Metric } from '../../core/metric.ts'
import { formatFor } from '../../formats/index.ts'
import { METRICS } from '../../metrics/index.ts'
import { Scanner } from '../../scanner/index.ts'
import { Encoder } from './encode.ts'
import { Fold } from './fold.ts'
import type { IngestPlan, IngestSource } from './messages.ts'

/** What the lines of one format of one source run through; shared by all streams that have it. */
export interface Lane {
  readonly format: Format
  readonly scanner: Scanner
  /** Counts what is read over time, and all else. */
  readonly folds: { readonly overTime: Fold; readonly other: Fold }
  readonly encoder: Encoder
}

/** The lanes of one ingest thread, made when they are first needed. */
export class Lanes {
  readonly #plan: IngestPlan
  readonly #lanes = new Map<string, Lane>()

  constructor(plan: IngestPlan) {
    this.#plan = plan
  }

  of(source: IngestSource, text: string): Lane {
    const id = `${source.name} ${text}`
    let lane = this.#lanes.get(id)
    if (!lane) {
      const format = formatFor(text)
      const metrics = metricsFor(format)
      lane = {
        format,
        scanner: new Scanner(format.program, source.zone === undefined ? {} : { zone: source.zone }),
        folds: {
          overTime: new Fold(
            source.name,
            metrics.filter(metric => metric.overTime)
          ),
          other: new Fold(
            source.name,
            metrics.filter(metric => !metric.overTime)
          )
        },
        encoder: new Encoder(`${this.#plan.name}.${this.#lanes.size}`, format)
      }
      this.#lanes.set(id, lane)
    }
    return lane
  }
}

/** The metrics that have something to count in lines of a format. */
export function metricsFor({ kind, fields }: Format): Metric[] {
  const has = (field: string): boolean => fields.includes(field)
  return METRICS.filter(
    ({ kinds, key, where }) =>
      kinds.includes(kind) && (key === null || has(key)) && (where === undefined || where.field.some(has))
  )
}
