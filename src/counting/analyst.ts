import { VisorError } from '../core/errors.ts'
import type { Format, FormatChoice } from '../core/format.ts'
import { DETAILS } from '../core/program.ts'
import type { Rollup } from '../core/rollup.ts'
import type { Spans } from '../core/spans.ts'
import { HOUR, type Micros } from '../core/time.ts'
import { allTime, windowsOf } from '../core/window.ts'
import { METRICS } from '../metrics/index.ts'
import { BatchFilter, queryFields, type Query } from '../query/index.ts'
import { choiceNamed } from '../reading/choose.ts'
import { readFile } from '../reading/file.ts'
import { Pipelines, type Pipeline } from '../reading/pipeline.ts'
import type { KernelModule } from '../scanner/index.ts'
import { Aggregator } from './aggregator.ts'
import { DenseCodeCounts } from './code-counts.ts'
import { metricsFor } from './slots.ts'
import { SpanCounter } from './span-counter.ts'
import { TaskReading, type BulkSlot, type Task, type TaskResult } from './task.ts'

export interface AnalystOptions {
  readonly format?: string | undefined
  readonly zone?: string | undefined
  /** Only lines that pass are counted. */
  readonly where?: Query | undefined
  /** Count clients by country. */
  readonly country: boolean
  /** How many keys of each metric are held; the rest goes to `other`. */
  readonly limit: number
  /** Dates lines without a time where no line has one. */
  readonly now: Micros
  /** The scanner's kernel, compiled in another thread. */
  readonly module?: KernelModule
}

/** Reads whole files in one thread and counts all of them together: the left half of Visor without windows. */
export class Analyst {
  readonly #options: AnalystOptions
  /** By path where a filter asks for the source, which is the file; all in one otherwise. */
  readonly #pipelines = new Map<string, Pipelines<BulkSlot>>()
  readonly #rollup: Rollup = new Map()
  readonly #spans: Spans = new Map()

  constructor(options: AnalystOptions) {
    this.#options = options
  }

  /**
   * Reads one task to its end, or until the signal aborts. `onBytes` is called with how many bytes more are read.
   * A file that turns out to be damaged is counted as far as it can be read. Throws FORMAT_UNKNOWN when the first lines
   * follow no format, FILE_MISSING, and FILE_UNREADABLE when nothing can be read.
   */
  async run(
    { file, path, range, choice: known }: Task,
    signal: AbortSignal,
    onBytes: (bytes: number) => void
  ): Promise<TaskResult> {
    const { format } = this.#options
    let reading: TaskReading | undefined
    let problem: string | undefined
    try {
      for await (const { stream, choice } of readFile(path, { format, choice: known, range, signal })) {
        reading ??= this.open(path, choice)
        onBytes(reading.drain(stream))
      }
    } catch (error) {
      if (!reading || !(error instanceof VisorError) || error.code !== 'FILE_UNREADABLE') throw error
      problem = error.message
    }
    return { ...(reading ?? this.empty(path, known)).result(), file, problem }
  }

  /** Begins a task whose bytes come from elsewhere: in streams that the reading drains. */
  open(path: string, choice: FormatChoice): TaskReading {
    const id = this.#options.where ? path : ''
    let pipelines = this.#pipelines.get(id)
    if (!pipelines) this.#pipelines.set(id, (pipelines = pipelinesOf(path, this.#options)))
    return new TaskReading(path, choice, pipelines, pipeline => this.#flush(pipeline), this.#options.now)
  }

  /** A file without a line: any format does. */
  empty(path: string, known?: FormatChoice): TaskReading {
    const why = 'it has no lines'
    return this.open(path, { ...(known ?? choiceNamed(this.#options.format ?? 'combined', why)), why })
  }

  /** All counts so far. The analyst is done with. */
  finish(): { rollup: Rollup; spans: Spans } {
    for (const pipelines of this.#pipelines.values())
      for (const pipeline of pipelines.all()) this.#flush(pipeline)
    return { rollup: this.#rollup, spans: this.#spans }
  }

  #flush({ slots }: Pipeline<BulkSlot>): void {
    for (const { aggregators, spans } of slots) {
      for (const { aggregator } of aggregators) aggregator.flush(this.#rollup, this.#options.limit)
      for (const counter of spans) counter.flush(this.#spans)
    }
  }
}

function pipelinesOf(path: string, options: AnalystOptions): Pipelines<BulkSlot> {
  const { zone, module, where } = options
  const asked = where && queryFields(where)
  const everything = where !== undefined && asked === undefined
  return new Pipelines(format => slotOf(format, path, options), {
    wanted: field =>
      everything ||
      field === DETAILS ||
      (asked?.has(field) ?? false) ||
      METRICS.some(({ key }) => key === field),
    ...(zone !== undefined && { zone }),
    ...(module && { module })
  })
}

function slotOf(format: Format, source: string, { where, country }: AnalystOptions): BulkSlot {
  const metrics = metricsFor(format, country)
  return {
    format,
    spans: metrics.filter(({ spans }) => spans).map(metric => new SpanCounter(metric)),
    filter: where && new BatchFilter(where, { source, kind: format.kind }),
    aggregators: [
      { aggregator: new Aggregator('', metrics, () => new DenseCodeCounts()), windowing: allTime },
      {
        aggregator: new Aggregator(
          '',
          metrics.filter(({ classes }) => classes)
        ),
        windowing: windowsOf(HOUR)
      }
    ]
  }
}
