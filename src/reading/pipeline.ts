import type { Batch, Rejection } from '../core/batch.ts'
import type { Format, FormatChoice } from '../core/format.ts'
import type { Counters, Stream } from '../core/source.ts'
import type { Micros } from '../core/time.ts'
import { formatsFor, withBare } from '../formats/index.ts'
import {
  explain,
  Scanner,
  type Scan,
  type ScannerOptions,
  type ScanState,
  type Scrub
} from '../scanner/index.ts'
import { choiceAfter } from './choose.ts'

/** What a reader has for the lines of one format: counts, filters, writers. */
export interface FormatSlot {
  readonly format: Format
}

/** What the lines of a choice of formats run through. */
export interface Pipeline<Slot extends FormatSlot = FormatSlot> {
  /** Runs the programs of the slots' formats, in order. */
  readonly scanner: Scanner
  readonly slots: readonly Slot[]
}

/** How lines are scanned; whoever reads them decides whether secrets are masked. */
export interface PipelineScanning extends Omit<ScannerOptions, 'printers' | 'scrub'> {
  readonly scrub: Scrub | undefined
}

/** The pipelines of a reader, one for each choice of formats, made when it is first needed. */
export class Pipelines<Slot extends FormatSlot> {
  readonly #slotOf: (format: Format) => Slot
  readonly #options: PipelineScanning
  readonly #pipelines = new Map<string, Pipeline<Slot>>()

  constructor(slotOf: (format: Format) => Slot, options: PipelineScanning) {
    this.#slotOf = slotOf
    this.#options = options
  }

  /** The pipeline of a choice's text. @throws VisorError FORMAT */
  of(text: string): Pipeline<Slot> {
    let pipeline = this.#pipelines.get(text)
    if (!pipeline) {
      const formats = withBare(formatsFor(text))
      const programs = formats.map(({ program }) => program)
      const scanner = new Scanner(programs, { ...this.#options, printers: formats })
      pipeline = { scanner, slots: formats.map(this.#slotOf) }
      this.#pipelines.set(text, pipeline)
    }
    return pipeline
  }

  all(): Iterable<Pipeline<Slot>> {
    return this.#pipelines.values()
  }
}

/** Takes lines as they are scanned. */
export interface LineConsumer<Slot extends FormatSlot> {
  /** Counts what is read. */
  readonly counters: Counters
  /** Takes a scan whose bytes begin at `offset` of the stream; it is valid until this returns. Each row has a time. */
  take(scan: Scan, pipeline: Pipeline<Slot>, offset: number): void
  /** Codes counted so far mean nothing any more after this: a dictionary is emptied. */
  flush(pipeline: Pipeline<Slot>): void
}

/** Where a stream stands from one reading to the next. */
export interface ReadingState {
  choice: FormatChoice
  scan: ScanState
}

/** What one reading of a stream came to. */
export interface Reading {
  /** Bytes that are done with. */
  readonly consumed: number
  /** Bytes that were seen and left for the next reading. */
  readonly left: number
  /** What is left ends in a whole line that waits only because it may go on. */
  readonly held: boolean
  /** The scanner had no room for the line that the bytes begin with, and has more the next time. */
  readonly cramped: boolean
  /** All bytes that the stream will ever have are done with. */
  readonly final: boolean
}

/** Moments and decisions that a reading depends on. */
export interface ReadingOptions {
  /** Dates lines without a time where no line before them has one. */
  readonly now: Micros
  /** Whether a whole line at the end of so many bytes cannot go on any more; it always may when absent. */
  readonly settled?: (bytes: number) => boolean
}

/**
 * Reads once: hands all lines that are complete to the consumer and moves the stream on behind them. Ends behind a
 * directive line that changes the choice of formats: `state` has the new one, for the next reading.
 */
export function readOnce<Slot extends FormatSlot>(
  stream: Stream,
  pipelines: Pipelines<Slot>,
  state: ReadingState,
  consumer: LineConsumer<Slot>,
  { now, settled = () => false }: ReadingOptions
): Reading {
  const pipeline = pipelines.of(state.choice.text)
  const { scanner } = pipeline
  scanner.state = state.scan
  scanner.reset()
  const room = scanner.input().length
  const length = stream.read(scanner.input())
  scanner.filled(length)
  const final = stream.finished && length >= stream.pending
  const { offset } = stream.position()
  const { choice } = state
  let consumed = 0
  let held = false
  for (let more = true; more;) {
    // What the window cuts off is not settled.
    const scan = scanner.scan({ final, settled: length < room && settled(length - consumed) })
    count(scan, consumer.counters, now)
    consumer.take(scan, pipeline, offset + consumed)
    rotate(pipeline, consumer)
    consumed += scan.consumed
    held = scan.held
    if (scan.directiveLine) state.choice = choiceAfter(scan.directiveLine, choice)
    more = scan.more && state.choice === choice
  }
  stream.advance(consumed)
  consumer.counters.bytes += consumed
  state.scan = scanner.state
  const cramped = consumed === 0 && length === room && !held
  return { consumed, left: length - consumed, held, cramped, final: final && consumed === length }
}

function count({ batches, rejected }: Scan, counters: Counters, now: Micros): void {
  for (const batch of batches) {
    dateRows(batch, now)
    counters.read += batch.rows
    counters.parsed += batch.rows
  }
  counters.read += rejected.length
  counters.rejected += rejected.length
}

/** Lines before the first that has a time were written about when they are read. */
function dateRows({ time, rows }: Batch, now: Micros): void {
  for (let row = 0; row < rows && Number.isNaN(time[row]!); row++) time[row] = now
}

/** Empties the dictionaries that are full. */
function rotate<Slot extends FormatSlot>(pipeline: Pipeline<Slot>, consumer: LineConsumer<Slot>): void {
  const full = pipeline.scanner.dictionaries.flatMap(dictionaries =>
    [...dictionaries.values()].filter(dictionary => dictionary.full)
  )
  if (full.length === 0) return
  consumer.flush(pipeline)
  for (const dictionary of full) dictionary.rotate([])
}

/** Why a line was rejected, for people. */
export function rejectionReason(rejection: Rejection, { slots }: Pipeline): string {
  return explain(
    rejection,
    slots.map(({ format }) => format.program)
  )
}
