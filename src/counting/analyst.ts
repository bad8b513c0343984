import { VisorError } from '../core/errors.ts'
import type { Format, FormatChoice } from '../core/format.ts'
import type { Metric } from '../core/metric.ts'
import { DETAILS } from '../core/program.ts'
import { ALL_TIME, boundCell, cellOf, mergeCell, type Rollup } from '../core/rollup.ts'
import type { Spans } from '../core/spans.ts'
import { growingWindows } from '../core/steps.ts'
import type { Micros } from '../core/time.ts'
import { allTime } from '../core/window.ts'
import { METRICS } from '../metrics/index.ts'
import { scrubOf } from '../privacy/scrub.ts'
import type { ScrubSettings } from '../privacy/settings.ts'
import { BatchFilter, queryFields, type Query } from '../query/index.ts'
import { choiceNamed } from '../reading/choose.ts'
import { readFile } from '../reading/file.ts'
import { Pipelines, type Pipeline } from '../reading/pipeline.ts'
import type { KernelModule } from '../scanner/index.ts'
import { Aggregator } from './aggregator.ts'
import { DenseCodeCounts, SparseCodeCounts, type CodeCounts } from './code-counts.ts'
import { metricsFor } from './slots.ts'
import { SpanCounter } from './span-counter.ts'
import { failedTask, TaskReading, type BulkSlot, type Task, type TaskResult } from './task.ts'

export interface AnalystOptions {
  readonly format?: string | undefined
  readonly zone?: string | undefined
  /** Hours and days are those of this zone; of UTC when absent. */
  readonly reportZone?: string | undefined
  /** Only lines that pass are counted. */
  readonly where?: Query | undefined
  /** Count clients by country. */
  readonly country: boolean
  /** How many keys of each metric are held; the rest goes to `other`. */
  readonly limit: number
  /** Dates lines without a time where no line has one. */
  readonly now: Micros
  /** What of lines is masked before anybody has them: secrets, when absent. */
  readonly scrub?: ScrubSettings | undefined
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
   * A file that turns out to be damaged is counted as far as it can be read; one that cannot be read at all, or whose first
   * lines follow no format, is a result with its `failure`. @throws VisorError FORMAT
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
      if (!(error instanceof VisorError) || !UNREAD.has(error.code)) throw error
      if (!reading) return failedTask({ file, path }, error)
      problem = error.message
    }
    return { ...(reading ?? this.empty(path, known)).result(), file, problem }
  }

  /** Begins a task whose bytes come from elsewhere: in streams that the reading drains. */
  open(path: string, choice: FormatChoice): TaskReading {
    const id = this.#options.where ? path : ''
    let pipelines = this.#pipelines.get(id)
    if (!pipelines) this.#pipelines.set(id, (pipelines = pipelinesOf(path, this.#options)))
    const flush = (pipeline: Pipeline<BulkSlot>, crowded?: boolean): void => this.#flush(pipeline, crowded)
    return new TaskReading(path, choice, pipelines, flush, this.#options.now)
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
    return { rollup: addTotals(this.#rollup, this.#options.limit), spans: this.#spans }
  }

  #flush({ slots }: Pipeline<BulkSlot>, crowded = false): void {
    for (const { aggregators, spans } of slots) {
      for (const { aggregator } of aggregators)
        if (!crowded || aggregator.crowded) aggregator.flush(this.#rollup, this.#options.limit)
      if (!crowded) for (const counter of spans) counter.flush(this.#spans)
    }
  }
}

/** What may be wrong with one file while others are read. */
const UNREAD: ReadonlySet<string> = new Set(['FORMAT_UNKNOWN', 'FILE_MISSING', 'FILE_UNREADABLE'])

function pipelinesOf(path: string, options: AnalystOptions): Pipelines<BulkSlot> {
  const { zone, module, where } = options
  const asked = where && queryFields(where)
  const everything = where !== undefined && asked === undefined
  return new Pipelines(format => slotOf(format, path, options), {
    scrub: scrubOf(options.scrub ?? true),
    wanted: field =>
      everything ||
      field === DETAILS ||
      (asked?.has(field) ?? false) ||
      METRICS.some(({ key, pair }) => key === field || pair?.field === field),
    ...(zone !== undefined && { zone }),
    ...(module && { module })
  })
}

function slotOf(format: Format, source: string, options: AnalystOptions): BulkSlot {
  const { where, country, reportZone: zone = 'UTC' } = options
  const metrics = metricsFor(format, country)
  const [byDay, others] = partition(metrics, metric => metric.byDay !== undefined)
  const [overTime, overall] = partition(others, metric => metric.overTime ?? false)
  return {
    format,
    spans: metrics.filter(({ spans }) => spans).map(metric => new SpanCounter(metric)),
    filter: where && new BatchFilter(where, { source, kind: format.kind }),
    aggregators: [
      { aggregator: new Aggregator('', overall, countsOf), windowing: allTime },
      { aggregator: new Aggregator('', overTime), windowing: growingWindows('minute', zone) },
      { aggregator: new Aggregator('', byDay), windowing: growingWindows('day', zone) }
    ]
  }
}

/** Lines that a hidden metric asks something of have few of the codes. */
function countsOf({ hidden, filter, target }: Metric): CodeCounts {
  return hidden && (filter || target) ? new SparseCodeCounts() : new DenseCodeCounts()
}

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter(one => !is(one))]
}

/** Adds what was counted in windows to what was counted in all. */
function addTotals(rollup: Rollup, limit: number): Rollup {
  for (const cell of Array.from(rollup.values()))
    if (cell.window !== ALL_TIME) mergeCell(cellOf(rollup, ALL_TIME, cell.source, cell.metric), cell)
  for (const cell of rollup.values()) if (cell.window === ALL_TIME) boundCell(cell, 2 * limit)
  return rollup
}
