import type { Batch, Rejection } from '../../core/batch.ts'
import type { Delivery, EventRows, RejectedLine } from '../../core/delivery.ts'
import type { FormatChoice, Progress, SampleLine } from '../../core/progress.ts'
import type { Rollup } from '../../core/rollup.ts'
import { toRows } from '../../core/rows.ts'
import { NO_LINES, type Books, type Position, type Stream } from '../../core/source.ts'
import { agingWindows, windowsOf, type Windowing } from '../../core/window.ts'
import { explain } from '../../scanner/index.ts'
import { chooseFormat } from './choose.ts'
import type { Lane, Lanes } from './lane.ts'
import type { IngestPlan, IngestSource } from './messages.ts'
import { newestOf, rejectedSample, SAMPLES } from './sample.ts'
import { Watermark } from './watermark.ts'

/** How many bytes one step reads at most, so that streams take turns and commits stay small. */
const STEP = 8 * 1024 * 1024

/** What one step of reading gave; nothing of it where nothing was new. */
export interface Step {
  /** For the store. */
  readonly delivery?: Delivery
  /** For the present; only where lines were read. */
  readonly progress?: Progress
  /** Why nothing can be read. */
  readonly problem?: string
}

/** Reads one stream, step by step: bytes to columns to counts, with the position that belongs to them. */
export class StreamReader {
  readonly #stream: Stream
  readonly #plan: IngestPlan
  readonly #source: IngestSource
  readonly #lanes: Lanes
  readonly #watermark: Watermark
  #choice: FormatChoice | undefined
  /** The stream's position lies within a line that is too long and was rejected already. */
  #skipping: boolean
  #read = -Infinity
  /** The position that was delivered last, as text. */
  #delivered: string | undefined

  /** `known` is where an earlier run had come to in this stream. */
  constructor(
    stream: Stream,
    plan: IngestPlan,
    source: IngestSource,
    lanes: Lanes,
    known: Partial<Position> = {}
  ) {
    this.#stream = stream
    this.#plan = plan
    this.#source = source
    this.#lanes = lanes
    this.#watermark = new Watermark(plan.window, plan.lateness)
    const { skipping, format, why } = known
    this.#skipping = skipping === true
    if (typeof format === 'string' && source.format === undefined)
      this.#choice = { name: lanes.of(source, format).format.name, text: format, why: String(why) }
  }

  /**
   * Reads what waits, up to a bound. Where that is no complete line, a new position is delivered all the same: a source
   * that says where a stream stands relies on finding it again. `now` is milliseconds since 1970.
   */
  step(now: number): Step {
    const chosen = this.#choice ? { choice: this.#choice } : chooseFormat(this.#stream, this.#source.format)
    if (!chosen) return this.#positionAlone()
    if ('problem' in chosen) return { ...this.#positionAlone(), problem: chosen.problem }
    this.#choice = chosen.choice
    const lane = this.#lanes.of(this.#source, chosen.choice.text)
    const take = new Intake(lane, this.#windowings(now * 1000))
    if ((now - this.#read) * 1000 > this.#plan.lateness && this.#read > -Infinity)
      this.#watermark.idle(now * 1000)
    while (take.books.bytes < STEP && this.#readOnce(lane, take, now));
    if (take.books.bytes === 0 && !this.#stream.finished) return this.#positionAlone()
    this.#read = now
    return this.#stepOf(lane, chosen.choice, take)
  }

  #positionAlone(): Step {
    const delivered = this.#delivered
    const head = this.#head()
    if (this.#delivered === delivered) return {}
    return { delivery: { ...head, books: { ...NO_LINES }, events: [], rejected: [], rollup: [] } }
  }

  /** What every delivery begins with: which stream, and where it stands with all that belongs to that. */
  #head(): Pick<Delivery, 'source' | 'stream' | 'name' | 'finished' | 'position'> {
    const { id: stream, name, finished } = this.#stream
    const position: Position = {
      ...this.#stream.position(),
      ...(this.#choice && { format: this.#choice.text, why: this.#choice.why }),
      ...(this.#skipping && { skipping: true })
    }
    this.#delivered = JSON.stringify([position, finished])
    return { source: this.#source.name, stream, name, finished, position }
  }

  /** Reads once into the scanner and scans all lines that are complete; false when nothing more can be had. */
  #readOnce({ scanner }: Lane, take: Intake, now: number): boolean {
    const stream = this.#stream
    scanner.reset()
    scanner.skipping = this.#skipping
    const length = stream.read(scanner.input())
    scanner.filled(length)
    const final = stream.finished && length >= stream.pending
    const offset = stream.position().offset
    let consumed = 0
    for (let more = true; more;) {
      const scan = scanner.scan(final)
      take.batch(scan.batch, this.#watermark.observe(scan.batch.time, scan.batch.rows, now * 1000))
      for (const rejection of scan.rejected) take.reject(rejection, offset)
      consumed += scan.consumed
      more = scan.more
    }
    this.#skipping = scanner.skipping
    stream.advance(consumed)
    take.books.bytes += consumed
    return consumed > 0 && !final
  }

  /** How the lines of this step are laid out in windows, for metrics read over time and for the others. */
  #windowings(now: number): Windowings {
    const { window, aging } = this.#plan
    return {
      overTime: aging ? agingWindows(window, 'hour', now) : windowsOf(window),
      other: aging ? agingWindows(window, 'day', now) : windowsOf(window)
    }
  }

  #stepOf(lane: Lane, choice: FormatChoice, take: Intake): Step {
    const { books, events, rejected, samples } = take
    const rollup: Rollup = new Map()
    for (const fold of [lane.folds.overTime, lane.folds.other]) fold.flush(rollup, this.#plan.limit)
    for (const dictionary of lane.scanner.dictionaries.values()) if (dictionary.full) dictionary.rotate([])
    const rows = toRows(rollup)
    const { position, ...head } = this.#head()
    const { closed, latest } = this.#watermark
    return {
      delivery: { ...head, position, books, events, rejected, rollup: rows },
      progress: {
        ...head,
        kind: lane.format.kind,
        format: choice,
        offset: position.offset,
        pending: this.#stream.pending,
        books,
        rollup: this.#plan.aging ? [] : rows,
        lines: samples.slice(-SAMPLES),
        closed,
        latest
      }
    }
  }
}

interface Windowings {
  readonly overTime: Windowing
  readonly other: Windowing
}

/** Gathers what one step takes in. */
class Intake {
  readonly books: Books = { ...NO_LINES }
  readonly events: EventRows[] = []
  readonly rejected: RejectedLine[] = []
  readonly samples: SampleLine[] = []
  readonly #lane: Lane
  readonly #windowings: Windowings

  constructor(lane: Lane, windowings: Windowings) {
    this.#lane = lane
    this.#windowings = windowings
  }

  batch(batch: Batch, late: number): void {
    if (batch.rows === 0) return
    const { scanner, folds, encoder, format } = this.#lane
    folds.overTime.add(batch, this.#windowings.overTime)
    folds.other.add(batch, this.#windowings.other)
    this.events.push(encoder.encode(batch, scanner))
    this.samples.push(...newestOf(batch, scanner, format.kind))
    this.books.read += batch.rows
    this.books.parsed += batch.rows - late
    this.books.late += late
  }

  reject(rejection: Rejection, offset: number): void {
    const { scanner, format } = this.#lane
    const reason = explain(rejection, format.program)
    const bytes = scanner.bytes(rejection.start, rejection.length).slice()
    this.rejected.push({ offset: offset + rejection.start, bytes, reason })
    this.samples.push(rejectedSample(bytes, reason, format.kind))
    this.books.read++
    this.books.rejected++
  }
}
