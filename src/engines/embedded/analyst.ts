import { VisorError } from '../../core/errors.ts'
import type { Format, FormatChoice } from '../../core/format.ts'
import { DETAILS } from '../../core/program.ts'
import type { Rollup } from '../../core/rollup.ts'
import type { Spans } from '../../core/spans.ts'
import type { Stream } from '../../core/source.ts'
import { allTime, windowsOf } from '../../core/window.ts'
import { formatsFor, withBare } from '../../formats/index.ts'
import { METRICS } from '../../metrics/index.ts'
import { BatchFilter, fieldsOf, type Query } from '../../query/index.ts'
import { Scanner, type KernelModule } from '../../scanner/index.ts'
import { openBulk } from '../../sources/bulk/index.ts'
import { chooseFormat, choiceNamed } from './choose.ts'
import { DenseCodeCounts } from './code-counts.ts'
import { Aggregator } from './aggregator.ts'
import { metricsFor } from './lane.ts'
import { SpanCounter } from './span-counter.ts'
import { TaskReading, type BulkForm, type BulkLane, type Task, type TaskResult } from './task.ts'

const HOUR = 3600e6

/** The metrics that a report shows over time. */
const HOURLY = METRICS.filter(({ name }) => name === 'status' || name === 'level')

/** The metric whose keys are told with the times when they were first and last seen. */
const SPANNED = METRICS.find(({ name }) => name === 'message')

export interface AnalystOptions {
  readonly format?: string | undefined
  readonly zone?: string | undefined
  /** Only lines that pass are counted. */
  readonly where?: Query | undefined
  /** Count clients by country. */
  readonly country: boolean
  /** How many keys of each metric are held; the rest goes to `other`. */
  readonly limit: number
  /** Dates lines that tell no time where no line tells one, in microseconds. */
  readonly now: number
  /** The scanner's kernel, compiled in another thread. */
  readonly module?: KernelModule
}

/** Reads whole files in one thread and counts all of them together: the left half of Visor without windows. */
export class Analyst {
  readonly #options: AnalystOptions
  readonly #lanes = new Map<string, BulkLane>()
  readonly #rollup: Rollup = new Map()
  readonly #spans: Spans = new Map()

  constructor(options: AnalystOptions) {
    this.#options = options
  }

  /**
   * Reads one task to its end, or until the signal aborts. `onBytes` is told how many bytes more are read.
   * A file that turns out to be damaged is counted as far as it can be read. Throws FORMAT_UNKNOWN when the first lines
   * follow no format, FILE_MISSING, and FILE_UNREADABLE when nothing can be read.
   */
  async run(
    { file, path, range, choice }: Task,
    signal: AbortSignal,
    onBytes: (bytes: number) => void
  ): Promise<TaskResult> {
    const source = openBulk(path, range)
    let reading: TaskReading | undefined
    let problem: string | undefined
    try {
      for await (const [stream] of source.ready(signal)) {
        if (!stream) continue
        reading ??= this.#begin(path, stream, choice)
        onBytes(reading?.drain(stream) ?? 0)
      }
    } catch (error) {
      if (!reading || !(error instanceof VisorError) || error.code !== 'FILE_UNREADABLE') throw error
      problem = error.message
    } finally {
      await source.close()
    }
    return { ...(reading ?? this.#empty(path, choice)).result(), file, problem }
  }

  /** All counts so far. The analyst is done with. */
  finish(): { rollup: Rollup; spans: Spans } {
    for (const lane of this.#lanes.values()) this.#flush(lane)
    return { rollup: this.#rollup, spans: this.#spans }
  }

  #begin(path: string, stream: Stream, told: FormatChoice | undefined): TaskReading | undefined {
    const chosen = told ? { choice: told } : chooseFormat(stream, this.#options.format)
    if (chosen && 'problem' in chosen) throw new VisorError('FORMAT_UNKNOWN', `${path}: ${chosen.problem}`)
    return chosen && this.#reading(path, chosen.choice)
  }

  /** A file without a line: any format does. */
  #empty(path: string, told: FormatChoice | undefined): TaskReading {
    const why = 'it has no lines'
    return this.#reading(path, { ...(told ?? choiceNamed(this.#options.format ?? 'combined', why)), why })
  }

  #reading(path: string, choice: FormatChoice): TaskReading {
    const lanes = {
      of: (text: string) => this.#laneOf(text, path),
      scanned: (lane: BulkLane) => this.#rotate(lane)
    }
    return new TaskReading(path, choice, lanes, this.#options.now)
  }

  #laneOf(text: string, path: string): BulkLane {
    // A filter may ask for the source, which is the file.
    const id = this.#options.where ? `${path}\n${text}` : text
    let lane = this.#lanes.get(id)
    if (!lane) {
      const formats = withBare(formatsFor(text))
      const { zone, module, where, country } = this.#options
      const metrics = formats.flatMap(format => metricsFor(format, country))
      const looked = where && fieldsOf(where)
      const everything = where !== undefined && looked === undefined
      lane = {
        scanner: new Scanner(
          formats.map(({ program }) => program),
          {
            wanted: field =>
              field === DETAILS ||
              everything ||
              (looked?.has(field) ?? false) ||
              metrics.some(({ key }) => key === field),
            ...(zone !== undefined && { zone }),
            ...(module && { module })
          }
        ),
        forms: formats.map(format => formOf(format, path, this.#options))
      }
      this.#lanes.set(id, lane)
    }
    return lane
  }

  /** Before a dictionary forgets its codes, what was counted by them goes to the rollup. */
  #rotate(lane: BulkLane): void {
    const full = lane.scanner.dictionaries.flatMap(dictionaries =>
      [...dictionaries.values()].filter(dictionary => dictionary.full)
    )
    if (full.length === 0) return
    this.#flush(lane)
    for (const dictionary of full) dictionary.rotate([])
  }

  #flush({ forms }: BulkLane): void {
    for (const { aggregators, spans } of forms) {
      for (const { aggregator } of aggregators) aggregator.flush(this.#rollup, this.#options.limit)
      spans?.flush(this.#spans)
    }
  }
}

function formOf(format: Format, source: string, { where, country }: AnalystOptions): BulkForm {
  const metrics = metricsFor(format, country)
  const hourly = metrics.filter(metric => HOURLY.includes(metric))
  return {
    format,
    spans: SPANNED && metrics.includes(SPANNED) ? new SpanCounter(SPANNED) : undefined,
    filter: where && new BatchFilter(where, { source, kind: format.kind }),
    aggregators: [
      { aggregator: new Aggregator('', metrics, () => new DenseCodeCounts()), windowing: allTime },
      { aggregator: new Aggregator('', hourly), windowing: windowsOf(HOUR) }
    ]
  }
}
