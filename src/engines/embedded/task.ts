import type { AnalyzedFile } from '../../core/analysis.ts'
import type { Batch } from '../../core/batch.ts'
import type { Format } from '../../core/format.ts'
import type { FormatChoice } from '../../core/progress.ts'
import { NO_LINES, type Books, type Stream } from '../../core/source.ts'
import type { Windowing } from '../../core/window.ts'
import { explain, type Scan, type Scanner } from '../../scanner/index.ts'
import type { Range } from '../../sources/bulk/index.ts'
import type { Fold } from './fold.ts'
import { decodeLine } from './sample.ts'

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

/** What the lines of one format run through in bulk reading. */
export interface BulkLane {
  readonly format: Format
  readonly scanner: Scanner
  readonly folds: readonly { fold: Fold; windowing: Windowing }[]
}

/** One task on its way through a lane. */
export class TaskReading {
  readonly #path: string
  readonly #choice: FormatChoice
  readonly #lane: BulkLane
  readonly #scanned: () => void
  readonly #books: Books = { ...NO_LINES }
  readonly #rejected: AnalyzedFile['firstRejected'][number][] = []
  #lines = 0
  #from = Infinity
  #to = -Infinity

  constructor(path: string, choice: FormatChoice, lane: BulkLane, scanned: () => void) {
    this.#path = path
    this.#choice = choice
    this.#lane = lane
    this.#scanned = scanned
    lane.scanner.reset()
    lane.scanner.skipping = false
  }

  /** Reads all that can be read at the moment; returns how many bytes that was. */
  drain(stream: Stream): number {
    const { scanner } = this.#lane
    let bytes = 0
    for (let length = -1; length !== 0 && !(length > 0 && stream.finished);) {
      length = stream.read(scanner.input())
      scanner.filled(length)
      stream.advance(length)
      bytes += length
      for (let more = true; more;) {
        const scan = scanner.scan(stream.finished)
        this.#take(scan)
        more = scan.more
      }
    }
    this.#books.bytes += bytes
    return bytes
  }

  result(): Omit<TaskResult, 'file'> {
    return {
      path: this.#path,
      kind: this.#lane.format.kind,
      format: this.#choice,
      why: this.#choice.why,
      books: this.#books,
      firstRejected: this.#rejected,
      lines: this.#lines,
      from: this.#from,
      to: this.#to
    }
  }

  #take(scan: Scan): void {
    const { batch, rejected } = scan
    for (const { fold, windowing } of this.#lane.folds) fold.add(batch, windowing)
    this.#span(batch)
    this.#books.read += batch.rows + rejected.length
    this.#books.parsed += batch.rows
    this.#books.rejected += rejected.length
    for (const rejection of rejected.slice(0, SHOWN - this.#rejected.length)) {
      const { scanner, format } = this.#lane
      this.#rejected.push({
        line: this.#lines + 1 + newlines(scanner.bytes(0, rejection.start)),
        column: rejection.at + 1,
        reason: explain(rejection, format.program),
        text: decodeLine(scanner.bytes(rejection.start, rejection.length))
      })
    }
    this.#lines += linesOf(scan, this.#lane.scanner)
    this.#scanned()
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
function linesOf({ batch, rejected, consumed }: Scan, scanner: Scanner): number {
  const { rows, length, flags } = batch
  let bytes = rows + rejected.length
  for (let row = 0; row < rows; row++) bytes += length[row]! + ((flags[row]! >> 1) & 1)
  for (const rejection of rejected) bytes += rejection.length
  return bytes === consumed ? rows + rejected.length : newlines(scanner.bytes(0, consumed))
}

function newlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}
