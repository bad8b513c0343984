import type { AnalyzedFile } from '../../core/analysis.ts'
import type { Batch, Rejection } from '../../core/batch.ts'
import type { Kind } from '../../core/fields.ts'
import type { Format, FormatChoice } from '../../core/format.ts'
import { DETAILS } from '../../core/program.ts'
import { NO_COUNTERS, type Counters, type Stream } from '../../core/source.ts'
import type { Windowing } from '../../core/window.ts'
import { explain, NO_STATE, type Scan, type Scanner, type ScanState } from '../../scanner/index.ts'
import type { Range } from '../../sources/bulk/index.ts'
import type { BatchFilter } from '../../query/index.ts'
import { choiceAfter } from './choose.ts'
import type { Aggregator } from './aggregator.ts'
import { decodeLine } from './sample.ts'
import { dateRows, readOnce } from './scan.ts'
import type { SpanCounter } from './span-counter.ts'

/** How many rejected lines of a file are shown. */
export const SHOWN = 10

/** A file or a range of one. `choice` is there when its format was told before. */
export interface Task {
  /** Which of the named files it is. */
  readonly file: number
  readonly path: string
  readonly range?: Range | undefined
  readonly choice?: FormatChoice | undefined
}

/** What a task brought besides its counts. Lines count from 1 at the task's beginning, empty ones too. */
export interface TaskResult extends Omit<AnalyzedFile, 'format'> {
  readonly file: number
  readonly format: FormatChoice
  readonly lines: number
  readonly from: number
  readonly to: number
}

/** What the lines of a choice of formats run through in bulk reading. */
export interface BulkLane {
  /** Runs the programs of the forms, in order. */
  readonly scanner: Scanner
  readonly forms: readonly BulkForm[]
}

/** What the lines of one format among them run through. */
export interface BulkForm {
  readonly format: Format
  /** Passes the lines that are counted; all of them where there is none. */
  readonly filter: BatchFilter | undefined
  readonly aggregators: readonly { aggregator: Aggregator; windowing: Windowing }[]
  /** Tells when keys were seen, for the metrics where that matters. */
  readonly spans: SpanCounter | undefined
}

/** The lanes of a thread. */
export interface BulkLanes {
  /** The lane of a choice's text. */
  of(text: string): BulkLane
  /** To be called after each scan of a lane. */
  scanned(lane: BulkLane): void
}

/** One task on its way through its lanes. */
export class TaskReading {
  readonly #path: string
  readonly #lanes: BulkLanes
  readonly #now: number
  readonly #counters: Counters = { ...NO_COUNTERS }
  readonly #rejected: AnalyzedFile['firstRejected'][number][] = []
  readonly #kinds = new Set<Kind>()
  #choice: FormatChoice
  #lane: BulkLane
  #state: ScanState = NO_STATE
  #lines = 0
  #from = Infinity
  #to = -Infinity

  /** `now` (microseconds) dates lines that tell no time where no line tells one. */
  constructor(path: string, choice: FormatChoice, lanes: BulkLanes, now: number) {
    this.#path = path
    this.#choice = choice
    this.#lanes = lanes
    this.#lane = lanes.of(choice.text)
    this.#now = now
  }

  /** Reads all that can be read at the moment; returns how many bytes that was. */
  drain(stream: Stream): number {
    let bytes = 0
    for (let final = false, read = -1; !final && read !== 0; bytes += read) {
      const { scanner } = this.#lane
      scanner.state = this.#state
      const reading = readOnce(
        stream,
        scanner,
        () => false,
        scan => this.#take(scan)
      )
      this.#state = scanner.state
      this.#lane = this.#lanes.of(this.#choice.text)
      read = reading.consumed
      final = reading.final
    }
    this.#counters.bytes += bytes
    return bytes
  }

  result(): Omit<TaskResult, 'file'> {
    const kinds = [...this.#kinds]
    return {
      path: this.#path,
      kinds: kinds.length > 0 ? kinds : [this.#lane.forms[0]?.format.kind ?? 'access'],
      format: this.#choice,
      why: this.#choice.why,
      counters: this.#counters,
      firstRejected: this.#rejected,
      lines: this.#lines,
      from: this.#from,
      to: this.#to
    }
  }

  /** False when the lines that follow are of another choice of formats. */
  #take(scan: Scan): boolean {
    const lane = this.#lane
    // A filter moves rows.
    const lines = linesOf(scan, lane.scanner)
    scan.batches.forEach((batch, form) => this.#count(batch, lane.forms[form]))
    for (const rejection of scan.rejected) this.#reject(rejection)
    this.#lines += lines
    this.#lanes.scanned(lane)
    if (!scan.directiveLine) return true
    const { text } = this.#choice
    this.#choice = choiceAfter(scan.directiveLine, this.#choice)
    return this.#choice.text === text
  }

  #count(batch: Batch, form: BulkForm | undefined): void {
    if (!form || batch.rows === 0) return
    dateRows(batch, this.#now)
    this.#kinds.add(form.format.kind)
    this.#counters.read += batch.rows
    this.#counters.parsed += batch.rows
    const passed = form.filter?.select(batch) ?? batch
    this.#span(passed)
    for (const { aggregator, windowing } of form.aggregators) aggregator.add(passed, windowing)
    form.spans?.add(passed)
  }

  #reject(rejection: Rejection): void {
    this.#counters.read++
    this.#counters.rejected++
    if (this.#rejected.length === SHOWN) return
    const { scanner, forms } = this.#lane
    const programs = forms.map(({ format }) => format.program)
    this.#rejected.push({
      line: this.#lines + 1 + newlines(scanner.bytes(0, rejection.start)),
      column: rejection.at + 1,
      reason: explain(rejection, programs),
      text: decodeLine(scanner.bytes(rejection.start, rejection.length))
    })
  }

  #span({ time, rows }: Batch): void {
    for (let row = 0; row < rows; row++) {
      const at = time[row]!
      if (at < this.#from) this.#from = at
      if (at > this.#to) this.#to = at
    }
  }
}

/** Lines that a scan went over, empty ones too. They are counted only where the others do not make up all bytes. */
function linesOf({ batches, rejected, consumed }: Scan, scanner: Scanner): number {
  let lines = rejected.length
  let bytes = lines
  for (const { rows, length, flags, columns } of batches) {
    if (columns.has(DETAILS)) return newlines(scanner.bytes(0, consumed))
    lines += rows
    bytes += rows
    for (let row = 0; row < rows; row++) bytes += length[row]! + ((flags[row]! >> 1) & 1)
  }
  for (const rejection of rejected) bytes += rejection.length
  return bytes === consumed ? lines : newlines(scanner.bytes(0, consumed))
}

function newlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}
