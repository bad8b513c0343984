import type { Batch, Rejection } from '../../core/batch.ts'
import type { Delivery, EventRows, RejectedLine, StreamPosition } from '../../core/delivery.ts'
import type { Kind } from '../../core/fields.ts'
import type { FormatChoice } from '../../core/format.ts'
import type { Progress, SampleLine } from '../../core/progress.ts'
import type { Rollup } from '../../core/rollup.ts'
import { toRows } from '../../core/rows.ts'
import {
  NO_COUNTERS,
  type Counters,
  type KnownStream,
  type Position,
  type Stream
} from '../../core/source.ts'
import { agingWindows, windowsOf, type Windowing } from '../../core/window.ts'
import { explain, NO_STATE, type Scan, type ScanState } from '../../scanner/index.ts'
import { choiceAfter, choiceNamed, chooseFormat, type Choice, type SharedChoice } from './choose.ts'
import type { Lane, Lanes } from './lane.ts'
import type { IngestPlan, IngestSource } from './messages.ts'
import { newestOf, rejectedSample, SAMPLES } from './sample.ts'
import { SignalStep } from './signal-step.ts'
import { signalDelta } from './signals.ts'
import { dateRows, readOnce, timesInOrder } from './scan.ts'
import { Watermark } from './watermark.ts'

/** How many bytes one step reads at most, so that streams take turns and commits stay small. */
const STEP = 8 * 1024 * 1024

/** What lines that follow no known format are held against, for the reason that they are rejected with. */
const NEAREST = 'combined'

/** What one step of reading gave; nothing of it where nothing was new. */
export interface Step {
  /** For the store. */
  readonly delivery?: Delivery
  /** For the present; only where lines were read. */
  readonly progress?: Progress
  /** Why nothing can be read. */
  readonly problem?: string
  /** The last line may go on: to be stepped again after HOLD, where nothing else comes before. */
  readonly held?: boolean
}

/** How long a line that may go on waits for that, in milliseconds: a server writes a stack trace at once. */
export const HOLD = 20

/** What the streams of a source have in common. */
export interface Common {
  readonly plan: IngestPlan
  readonly source: IngestSource
  readonly lanes: Lanes
  /** Milliseconds since 1970 with a fraction. */
  readonly moment: () => number
  /** How many bytes a line may have, where that is not the usual number. */
  readonly maxLineBytes?: number | undefined
  /** Where what one of them tells of its format holds for all. */
  readonly shared?: SharedChoice
}

/** Reads one stream, step by step: bytes to columns to counts, with the position that belongs to them. */
export class StreamReader {
  readonly #stream: Stream
  readonly #common: Common
  readonly #watermark: Watermark
  #choice: FormatChoice | undefined
  /** What the scanner remembers of this stream from one reading to the next. */
  #state: ScanState
  /** When lines were read last. */
  #last = -Infinity
  /** Bytes that end in a line that may go on, and since when they wait. */
  #held = { bytes: 0, since: -Infinity }
  /** The position that was delivered last, as text. */
  #delivered: string | undefined

  /** `known` is where an earlier run had come to in this stream. */
  constructor(stream: Stream, common: Common, known?: KnownStream) {
    const { plan, source } = common
    this.#stream = stream
    this.#common = common
    this.#watermark = new Watermark(plan.window, plan.lateness)
    this.#state = stateOf(known?.position)
    if (source.format === undefined) this.#choice = known?.format
  }

  /**
   * Reads what waits, up to a bound. Where that is no complete line, a new position is delivered all the same: a source
   * that says where a stream stands relies on finding it again. `now` is milliseconds since 1970.
   *
   * While no format fits, a stream that can be read again waits for somebody to name one; the lines of another are
   * rejected as they come.
   */
  step(now: number): Step {
    const chosen = this.#chosen()
    if (!chosen) return this.#positionAlone()
    if (!('problem' in chosen)) return this.#read(chosen.choice, now)
    const { problem } = chosen
    if (this.#stream.replayable) return { ...this.#positionAlone(), problem }
    return { ...this.#read(choiceNamed(NEAREST, problem), now), problem }
  }

  #chosen(): Choice {
    const { source, shared } = this.#common
    const known = this.#choice ?? (source.format === undefined ? shared?.choice : undefined)
    const chosen = known ? { choice: known } : chooseFormat(this.#stream, source.format, shared?.accepts)
    if (!chosen || 'problem' in chosen) return chosen
    this.#choice = chosen.choice
    if (shared) shared.choice ??= chosen.choice
    return chosen
  }

  #read(choice: FormatChoice, now: number): Step {
    const { plan, source, lanes, maxLineBytes, moment } = this.#common
    const read = moment()
    const lane = lanes.of(source, choice.text, maxLineBytes)
    const take = new Intake(
      this.#stream.id,
      lane,
      this.#windowings(now * 1000),
      new SignalStep(now * 1000, plan.aging)
    )
    if ((now - this.#last) * 1000 > plan.lateness && this.#last > -Infinity) this.#watermark.idle(now * 1000)
    while (take.counters.bytes < STEP && this.#readOnce(lane, take, now) && this.#choice);
    const held = this.#held.bytes > 0 && { held: true }
    if (take.counters.bytes === 0 && !this.#stream.finished) return { ...this.#positionAlone(), ...held }
    this.#last = now
    return { ...this.#stepOf(lane, choice, take, read), ...held }
  }

  #positionAlone(): Step {
    const delivered = this.#delivered
    const positions = [this.#position()]
    if (this.#delivered === delivered) return {}
    return { delivery: { positions, counters: [], events: [], rejected: [], rollup: [], signals: [] } }
  }

  /** Where the stream stands, with all that belongs to that. */
  #position(): StreamPosition {
    const { id: stream, name, finished } = this.#stream
    const position: Position = { ...this.#stream.position(), ...placeOf(this.#state) }
    const format = this.#choice && { format: this.#choice }
    this.#delivered = JSON.stringify([position, finished, format])
    return { source: this.#common.source.name, stream, name, finished, position, ...format }
  }

  /** Reads once and takes all lines that are complete; false when nothing more can be had with this choice of formats. */
  #readOnce({ scanner }: Lane, take: Intake, now: number): boolean {
    const { bytes, since } = this.#held
    const choice = this.#choice
    scanner.state = this.#state
    const reading = readOnce(
      this.#stream,
      scanner,
      left => left === bytes && now - since >= HOLD,
      (scan, offset) => {
        take.scan(scan, offset, this.#watermark, now * 1000)
        if (scan.directiveLine && choice) this.#choice = choiceAfter(scan.directiveLine, choice)
        return this.#choice === choice
      }
    )
    this.#state = scanner.state
    take.counters.bytes += reading.consumed
    if (!reading.held) this.#held = { bytes: 0, since: -Infinity }
    else if (reading.left !== bytes) this.#held = { bytes: reading.left, since: now }
    return (reading.consumed > 0 || reading.cramped) && !reading.final && this.#choice === choice
  }

  /** How the lines of this step are laid out in windows, for metrics read over time and for the others. */
  #windowings(now: number): Windowings {
    const { window, aging } = this.#common.plan
    return {
      overTime: aging ? agingWindows(window, 'hour', now) : windowsOf(window),
      other: aging ? agingWindows(window, 'day', now) : windowsOf(window)
    }
  }

  #stepOf({ forms, scanner }: Lane, choice: FormatChoice, take: Intake, read: number): Step {
    const { counters, events, rejected } = take
    const { written } = this.#stream
    const signals = signalDelta(
      take.signals,
      forms.map(form => form.signals),
      { ...(written !== undefined && { written }), read, counted: this.#common.moment() }
    )
    const rollup: Rollup = new Map()
    for (const { aggregators } of forms)
      for (const aggregator of [aggregators.overTime, aggregators.other])
        aggregator.flush(rollup, this.#common.plan.limit)
    for (const dictionaries of scanner.dictionaries)
      for (const dictionary of dictionaries.values()) if (dictionary.full) dictionary.rotate([])
    const rows = toRows(rollup)
    const place = this.#position()
    const { source, stream, name, finished, position } = place
    const { closed, latest } = this.#watermark
    return {
      delivery: {
        positions: [place],
        counters: [{ source, ...counters }],
        events,
        rejected,
        rollup: rows,
        signals: []
      },
      progress: {
        source,
        stream,
        name,
        finished,
        kinds: take.kinds,
        format: choice,
        offset: position.offset,
        pending: this.#stream.pending,
        counters,
        rollup: this.#common.plan.aging ? [] : rows,
        lines: take.samples(),
        closed,
        latest,
        ...(signals && { signals })
      }
    }
  }
}

/** The part of a position that the scanner needs again. */
function placeOf({ skipping, time, zone }: ScanState): Omit<Position, 'offset'> {
  return { ...(skipping && { skipping }), ...(!Number.isNaN(time) && { time, zone }) }
}

function stateOf({ skipping, time, zone }: Partial<Position> = {}): ScanState {
  const told = typeof time === 'number' && typeof zone === 'number' ? { time, zone } : {}
  return { ...NO_STATE, skipping: skipping === true, ...told }
}

interface Windowings {
  readonly overTime: Windowing
  readonly other: Windowing
}

/** Gathers what one step takes in. */
class Intake {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly events: EventRows[] = []
  readonly rejected: RejectedLine[] = []
  readonly signals: SignalStep
  readonly #samples: { readonly at: number; readonly line: SampleLine }[] = []
  readonly #kinds = new Set<Kind>()
  readonly #stream: string
  readonly #lane: Lane
  readonly #windowings: Windowings

  constructor(stream: string, lane: Lane, windowings: Windowings, signals: SignalStep) {
    this.#stream = stream
    this.#lane = lane
    this.#windowings = windowings
    this.signals = signals
  }

  /** The kinds of log that had lines. */
  get kinds(): Kind[] {
    return [...this.#kinds]
  }

  /** The newest lines, in their order. */
  samples(): SampleLine[] {
    return this.#samples
      .toSorted((a, b) => a.at - b.at)
      .slice(-SAMPLES)
      .map(({ line }) => line)
  }

  /** Takes the lines of a scan that began at `offset` of the stream; `now` in microseconds. */
  scan({ batches, rejected }: Scan, offset: number, watermark: Watermark, now: number): void {
    for (const batch of batches) dateRows(batch, now)
    const { times, rows } = timesInOrder(batches)
    const late = watermark.observe(times, rows, now)
    this.counters.read += rows
    this.counters.parsed += rows - late
    this.counters.late += late
    batches.forEach((batch, form) => this.#batch(batch, form, offset))
    for (const rejection of rejected) this.#reject(rejection, offset)
  }

  #batch(batch: Batch, index: number, offset: number): void {
    const { scanner, forms } = this.#lane
    const form = forms[index]
    if (!form || batch.rows === 0) return
    const { aggregators, signals, encoder, format } = form
    aggregators.overTime.add(batch, this.#windowings.overTime)
    aggregators.other.add(batch, this.#windowings.other)
    signals.add(batch, scanner, offset, this.signals)
    this.events.push(encoder.encode(batch, scanner))
    this.#kinds.add(format.kind)
    for (const { start, line } of newestOf(batch, scanner, format.kind))
      this.#samples.push({ at: offset + start, line })
  }

  #reject(rejection: Rejection, offset: number): void {
    const { scanner, forms } = this.#lane
    const kind = forms[rejection.program]?.format.kind ?? 'access'
    const programs = forms.map(({ format }) => format.program)
    const reason = explain(rejection, programs)
    const bytes = scanner.bytes(rejection.start, rejection.length).slice()
    const at = offset + rejection.start
    this.rejected.push({ stream: this.#stream, offset: at, bytes, reason })
    this.#samples.push({ at, line: rejectedSample(bytes, reason, kind) })
    this.#kinds.add(kind)
    this.counters.read++
    this.counters.rejected++
  }
}
