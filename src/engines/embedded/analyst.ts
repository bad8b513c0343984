import type { AnalyzedFile } from '../../core/analysis.ts'
import type { Batch } from '../../core/batch.ts'
import { VisorError } from '../../core/errors.ts'
import type { Format } from '../../core/format.ts'
import type { FormatChoice } from '../../core/progress.ts'
import { type Rollup } from '../../core/rollup.ts'
import { NO_LINES, type Books, type Stream } from '../../core/source.ts'
import { allTime, windowsOf, type Windowing } from '../../core/window.ts'
import { formatFor } from '../../formats/index.ts'
import { METRICS } from '../../metrics/index.ts'
import { explain, Scanner, type KernelModule, type Scan } from '../../scanner/index.ts'
import { openBulk, type Range } from '../../sources/bulk/index.ts'
import { chooseFormat } from './choose.ts'
import { DenseCounter } from './counter.ts'
import { Fold } from './fold.ts'
import { metricsFor } from './lane.ts'
import { decodeLine } from './sample.ts'

/** How many rejected lines of a file are shown. */
const SHOWN = 10

const HOUR = 3600e6

/** The one metric that a report shows over time. */
const HOURLY = METRICS.filter(({ name }) => name === 'status' || name === 'level')

export interface AnalystOptions {
  readonly format?: string | undefined
  readonly zone?: string | undefined
  /** How many keys of each metric are held; the rest goes to `other`. */
  readonly limit: number
  /** The scanner's kernel, compiled in another thread. */
  readonly module?: KernelModule
}

/** A file or a range of one. `choice` is there when its format was told before. */
export interface Task {
  readonly path: string
  readonly range?: Range | undefined
  readonly choice?: FormatChoice | undefined
}

/** What a task brought besides its counts. Lines count from 1 at the task's beginning, empty ones too. */
export interface TaskResult extends Omit<AnalyzedFile, 'format'> {
  readonly format: FormatChoice
  readonly lines: number
  readonly from: number
  readonly to: number
}

interface Lane {
  readonly format: Format
  readonly scanner: Scanner
  readonly folds: readonly { fold: Fold; windowing: Windowing }[]
}

/** Reads whole files in one thread and counts all of them together: the left half of Visor without windows. */
export class Analyst {
  readonly #options: AnalystOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #rollup: Rollup = new Map()

  constructor(options: AnalystOptions) {
    this.#options = options
  }

  /**
   * Reads one task to its end, or until the signal aborts. `onBytes` is told how many bytes more are read.
   * Throws FORMAT_UNKNOWN when the first lines follow no format, FILE_MISSING and FILE_UNREADABLE.
   */
  async run(
    { path, range, choice }: Task,
    signal: AbortSignal,
    onBytes: (bytes: number) => void
  ): Promise<TaskResult> {
    const source = openBulk(path, range)
    let reading: TaskReading | undefined
    try {
      for await (const [stream] of source.ready(signal)) {
        if (!stream) continue
        reading ??= this.#begin(path, stream, choice)
        onBytes(reading?.drain(stream) ?? 0)
      }
    } finally {
      source.close()
    }
    return (reading ?? this.#empty(path, choice)).result()
  }

  /** All counts so far. The analyst is done with. */
  finish(): Rollup {
    for (const { folds } of this.#lanes.values()) this.#flush(folds)
    return this.#rollup
  }

  #begin(path: string, stream: Stream, told: FormatChoice | undefined): TaskReading | undefined {
    const chosen = told ? { choice: told } : chooseFormat(stream, this.#options.format)
    if (chosen && 'problem' in chosen) throw new VisorError('FORMAT_UNKNOWN', `${path}: ${chosen.problem}`)
    return chosen && this.#reading(path, chosen.choice)
  }

  /** A file without a line: any format does. */
  #empty(path: string, told: FormatChoice | undefined): TaskReading {
    const { name, text } = told ?? formatFor(this.#options.format ?? 'combined')
    return this.#reading(path, { name, text, why: 'it has no lines' })
  }

  #reading(path: string, choice: FormatChoice): TaskReading {
    const lane = this.#laneOf(choice.text)
    return new TaskReading(path, choice, lane, () => this.#rotate(lane))
  }

  #laneOf(text: string): Lane {
    let lane = this.#lanes.get(text)
    if (!lane) {
      const format = formatFor(text)
      const { zone, module } = this.#options
      const metrics = metricsFor(format)
      const hourly = metrics.filter(metric => HOURLY.includes(metric))
      lane = {
        format,
        scanner: new Scanner(format.program, {
          wanted: field => metrics.some(({ key }) => key === field),
          ...(zone !== undefined && { zone }),
          ...(module && { module })
        }),
        folds: [
          { fold: new Fold('', metrics, () => new DenseCounter()), windowing: allTime },
          { fold: new Fold('', hourly), windowing: windowsOf(HOUR) }
        ]
      }
      this.#lanes.set(text, lane)
    }
    return lane
  }

  /** Before a dictionary forgets its codes, what was counted by them goes to the rollup. */
  #rotate({ scanner, folds }: Lane): void {
    const full = [...scanner.dictionaries.values()].filter(dictionary => dictionary.full)
    if (full.length === 0) return
    this.#flush(folds)
    for (const dictionary of full) dictionary.rotate([])
  }

  #flush(folds: Lane['folds']): void {
    for (const { fold } of folds) fold.flush(this.#rollup, this.#options.limit)
  }
}

/** One task on its way through a lane. */
class TaskReading {
  readonly #path: string
  readonly #choice: FormatChoice
  readonly #lane: Lane
  readonly #scanned: () => void
  readonly #books: Books = { ...NO_LINES }
  readonly #rejected: AnalyzedFile['firstRejected'][number][] = []
  #lines = 0
  #from = Infinity
  #to = -Infinity

  constructor(path: string, choice: FormatChoice, lane: Lane, scanned: () => void) {
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

  result(): TaskResult {
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
