import type { AnalyzedFile } from '../core/analysis.ts'
import type { Batch, Rejection } from '../core/batch.ts'
import { plainError, type PlainError, type VisorError } from '../core/errors.ts'
import type { Kind } from '../core/fields.ts'
import type { FormatChoice } from '../core/format.ts'
import { NO_COUNTERS, type Counters, type Stream } from '../core/source.ts'
import type { Micros } from '../core/time.ts'
import type { Windowing } from '../core/window.ts'
import type { BatchFilter } from '../query/index.ts'
import { LineNumbers } from '../reading/line-numbers.ts'
import {
  readOnce,
  rejectionReason,
  type FormatSlot,
  type LineConsumer,
  type Pipeline,
  type Pipelines,
  type ReadingState
} from '../reading/pipeline.ts'
import { decodeLine } from '../reading/sample.ts'
import { NO_STATE, type Scan } from '../scanner/index.ts'
import type { ByteRange } from '../sources/bulk/index.ts'
import type { Aggregator } from './aggregator.ts'
import type { SpanCounter } from './span-counter.ts'

/** How many rejected lines of a file are shown. */
export const MAX_REJECTED_SHOWN = 10

/** A file or a range of one. `choice` is there when its format is known. */
export interface Task {
  /** Which of the named files it is. */
  readonly file: number
  readonly path: string
  readonly range?: ByteRange | undefined
  readonly choice?: FormatChoice | undefined
}

/** What a task brought besides its counts. Lines count from 1 at the task's beginning, empty ones too. */
export interface TaskResult extends Omit<AnalyzedFile, 'format'> {
  /** Why nothing of the file could be read. */
  readonly failure?: PlainError
  readonly file: number
  readonly format: FormatChoice
  readonly lines: number
  readonly from: Micros
  readonly to: Micros
}

/** The result of a task that could not be begun. */
export function failedTask({ file, path }: Task, error: VisorError): TaskResult {
  return {
    file,
    path,
    kinds: [],
    format: { name: 'unknown', text: '', why: error.message },
    why: error.message,
    counters: { ...NO_COUNTERS },
    problem: error.message,
    failure: plainError(error),
    firstRejected: [],
    lines: 0,
    from: Infinity,
    to: -Infinity
  }
}

/** What the lines of one format run through in bulk reading. */
export interface BulkSlot extends FormatSlot {
  /** Passes the lines that are counted; all of them where there is none. */
  readonly filter: BatchFilter | undefined
  readonly aggregators: readonly { aggregator: Aggregator; windowing: Windowing }[]
  /** When keys were seen, for the metrics where that matters. */
  readonly spans: readonly SpanCounter[]
}

/** Reasons that are told apart; the lines of all others are under the last. */
const MAX_REASONS = 100

/** How many lines were rejected for each reason. */
class ReasonCounts {
  readonly #counts = new Map<string, { reason: string; count: number }>()

  add(rejection: Rejection, pipeline: Pipeline<BulkSlot>): void {
    const { program, step, reason } = rejection
    const id = this.#counts.size < MAX_REASONS ? `${program} ${step} ${reason}` : 'others'
    const known = this.#counts.get(id)
    if (known) known.count++
    // Where in the line it was is not the reason.
    else {
      const text = id === 'others' ? id : rejectionReason(rejection, pipeline).replace(/^column \d+: /, '')
      this.#counts.set(id, { reason: text, count: 1 })
    }
  }

  counts(): { reason: string; count: number }[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count)
  }
}

/** One task on its way through its pipelines. */
export class TaskReading implements LineConsumer<BulkSlot> {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly flush: (pipeline: Pipeline<BulkSlot>, crowded?: boolean) => void
  readonly #path: string
  readonly #pipelines: Pipelines<BulkSlot>
  readonly #now: Micros
  readonly #rejected: AnalyzedFile['firstRejected'][number][] = []
  readonly #kinds = new Set<Kind>()
  readonly #state: ReadingState
  readonly #lines = new LineNumbers()
  readonly #reasons = new ReasonCounts()
  #from = Infinity
  #to = -Infinity

  /** `flush` moves what was counted to the rollup, or of it what is crowded; `now` dates lines without a time where no line has one. */
  constructor(
    path: string,
    choice: FormatChoice,
    pipelines: Pipelines<BulkSlot>,
    flush: (pipeline: Pipeline<BulkSlot>, crowded?: boolean) => void,
    now: Micros
  ) {
    this.#path = path
    this.#pipelines = pipelines
    this.#state = { choice, scan: NO_STATE }
    this.flush = flush
    this.#now = now
  }

  /** Reads all that can be read now; returns how many bytes that was. */
  drain(stream: Stream): number {
    const before = this.counters.bytes
    for (let more = true; more;) {
      const reading = readOnce(stream, this.#pipelines, this.#state, this, { now: this.#now })
      for (const pipeline of this.#pipelines.all()) this.flush(pipeline, true)
      more = !reading.final && (reading.consumed > 0 || reading.cramped)
    }
    return this.counters.bytes - before
  }

  result(): Omit<TaskResult, 'file'> {
    const { choice } = this.#state
    const [slot] = this.#pipelines.of(choice.text).slots
    return {
      path: this.#path,
      kinds: this.#kinds.size > 0 ? [...this.#kinds] : [slot?.format.kind ?? 'access'],
      format: choice,
      why: choice.why,
      counters: this.counters,
      firstRejected: this.#rejected,
      reasons: this.#reasons.counts(),
      fields: [...new Set(this.#pipelines.of(choice.text).slots.flatMap(({ format }) => format.fields))],
      lines: this.#lines.passed,
      from: this.#from,
      to: this.#to
    }
  }

  take(scan: Scan, pipeline: Pipeline<BulkSlot>): void {
    const { scanner, slots } = pipeline
    // A filter moves rows.
    const numbers = this.#lines.pass(scan, scanner, MAX_REJECTED_SHOWN - this.#rejected.length)
    scan.batches.forEach((batch, i) => this.#count(batch, slots[i]))
    for (const rejection of scan.rejected) this.#reasons.add(rejection, pipeline)
    for (const [i, line] of numbers.entries()) {
      const rejection = scan.rejected[i]!
      const { at, start, length } = rejection
      const text = decodeLine(scanner.bytes(start, length))
      this.#rejected.push({ line, column: at + 1, reason: rejectionReason(rejection, pipeline), text })
    }
  }

  #count(batch: Batch, slot: BulkSlot | undefined): void {
    if (!slot || batch.rows === 0) return
    this.#kinds.add(slot.format.kind)
    const passed = slot.filter?.select(batch) ?? batch
    this.#span(passed)
    for (const { aggregator, windowing } of slot.aggregators) aggregator.add(passed, windowing)
    for (const counter of slot.spans) counter.add(passed)
  }

  #span({ time, rows }: Batch): void {
    for (let row = 0; row < rows; row++) {
      const at = time[row]!
      if (at < this.#from) this.#from = at
      if (at > this.#to) this.#to = at
    }
  }
}
