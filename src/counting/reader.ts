import type { Delivery, StreamPosition } from '../core/delivery.ts'
import type { FormatChoice } from '../core/format.ts'
import type { Progress } from '../core/progress.ts'
import { toRows } from '../core/rows.ts'
import type { KnownStream, Position, Stream } from '../core/source.ts'
import { toMicros, type Clock, type Micros, type Millis } from '../core/time.ts'
import { choiceNamed, chooseFormat, type Choice, type SharedChoice } from '../reading/choose.ts'
import { readOnce, type Pipelines, type ReadingState } from '../reading/pipeline.ts'
import { NO_STATE, type ScanState } from '../scanner/index.ts'
import { Intake } from './intake.ts'
import type { EnginePlan, EngineSource } from './plan.ts'
import type { LiveSlot } from './slots.ts'
import { Watermark } from './watermark.ts'

/** How many bytes one step reads at most, so that streams take turns and commits stay small. */
const MAX_STEP_BYTES = 8 * 1024 * 1024

/** What lines that follow no known format are held against, for the reason that they are rejected with. */
const NEAREST = 'combined'

/** What one step of reading gave; nothing of it where nothing was new. */
export interface ReadStep {
  /** For the store. */
  readonly delivery?: Delivery
  /** For the present; only where lines were read. */
  readonly progress?: Progress
  /** Why nothing can be read. */
  readonly problem?: string
  /** The last line may go on: to be stepped again after HOLD, where nothing else comes before. */
  readonly held?: boolean
}

/** How long a line that may go on waits for that: a server writes a stack trace at once. */
export const HOLD: Millis = 20

/** What the streams of a source have in common. */
export interface Common {
  readonly plan: EnginePlan
  readonly source: EngineSource
  readonly pipelines: Pipelines<LiveSlot>
  /** With a fraction. */
  readonly fineClock: Clock
  /** Where the format that is found for one of them holds for all. */
  readonly shared?: SharedChoice
}

/** Reads one stream, step by step: bytes to columns to counts, with the position that belongs to them. */
export class StreamReader {
  readonly #stream: Stream
  readonly #common: Common
  readonly #watermark: Watermark
  #choice: FormatChoice | undefined
  /** What the scanner remembers of this stream from one reading to the next. */
  #scan: ScanState
  /** When lines were read last. */
  #last: Millis = -Infinity
  /** Bytes that end in a line that may go on, and since when they wait. */
  #held = { bytes: 0, since: -Infinity }
  /** The position that was delivered last, as text. */
  #delivered: string | undefined

  /** `known` is where an earlier run had come to in this stream. */
  constructor(stream: Stream, common: Common, known?: KnownStream) {
    const { plan, source } = common
    this.#stream = stream
    this.#common = common
    this.#watermark = new Watermark(plan.window, plan.lateness, watermarkOf(known?.position))
    this.#scan = stateOf(known?.position)
    if (source.format === undefined) this.#choice = known?.format
  }

  /**
   * Reads what waits, up to a bound. Where that is no complete line, a new position is delivered all the same: a source
   * that keeps where a stream stands relies on finding it again.
   *
   * While no format fits, a stream that can be read again waits for somebody to name one; the lines of another are
   * rejected as they come.
   */
  step(now: Millis): ReadStep {
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

  #read(choice: FormatChoice, now: Millis): ReadStep {
    const { plan, fineClock } = this.#common
    const read = fineClock()
    const intake = new Intake(this.#stream.id, plan, this.#watermark, toMicros(now))
    const quiet = toMicros(now - this.#last)
    if (quiet > plan.lateness && quiet < Infinity) this.#watermark.idle(toMicros(now))
    while (intake.counters.bytes < MAX_STEP_BYTES && this.#readOnce(choice, intake, now) && this.#choice);
    const held = this.#held.bytes > 0 && { held: true }
    if (intake.counters.bytes === 0 && !this.#stream.finished) return { ...this.#positionAlone(), ...held }
    this.#last = now
    return { ...this.#stepOf(choice, intake, read), ...held }
  }

  #positionAlone(): ReadStep {
    const delivered = this.#delivered
    const positions = [this.#position()]
    if (this.#delivered === delivered) return {}
    return { delivery: { positions, counters: [], events: [], rejected: [], rollup: [], signals: [] } }
  }

  /** Where the stream stands, with all that belongs to that. */
  #position(): StreamPosition {
    const { id: stream, name, finished } = this.#stream
    const place: Position = { ...this.#stream.position(), ...placeOf(this.#scan) }
    const format = this.#choice && { format: this.#choice }
    this.#delivered = JSON.stringify([place, finished, format])
    const { closed, latest } = this.#watermark
    const position = {
      ...place,
      ...(closed > -Infinity && { closed }),
      ...(latest > -Infinity && { latest })
    }
    return { source: this.#common.source.name, stream, name, finished, position, ...format }
  }

  /** Reads once; false when nothing more can be had with this choice of formats. */
  #readOnce(choice: FormatChoice, intake: Intake, now: Millis): boolean {
    const { bytes, since } = this.#held
    const state: ReadingState = { choice, scan: this.#scan }
    const reading = readOnce(this.#stream, this.#common.pipelines, state, intake, {
      now: toMicros(now),
      settled: left => left === bytes && now - since >= HOLD
    })
    this.#scan = state.scan
    if (this.#choice) this.#choice = state.choice
    if (!reading.held) this.#held = { bytes: 0, since: -Infinity }
    else if (reading.left !== bytes) this.#held = { bytes: reading.left, since: now }
    return (reading.consumed > 0 || reading.cramped) && !reading.final && state.choice === choice
  }

  #stepOf(choice: FormatChoice, intake: Intake, read: Millis): ReadStep {
    const { pipelines, plan, fineClock } = this.#common
    const { counters, events, rejected, rollup, kinds } = intake
    const { written, pending } = this.#stream
    intake.flush(pipelines.of(choice.text))
    const rows = toRows(rollup)
    const times = { ...(written !== undefined && { written }), read, counted: fineClock() }
    const signals = intake.signals.delta(times)
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
        kinds,
        format: choice,
        pending,
        counters,
        closed,
        latest,
        offset: position.offset,
        rollup: plan.aging ? [] : rows,
        lines: intake.samples(),
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
  const known = typeof time === 'number' && typeof zone === 'number' ? { time, zone } : {}
  return { ...NO_STATE, skipping: skipping === true, ...known }
}

/** Where the watermark stood at a position. */
function watermarkOf({ closed, latest }: Partial<Position> = {}): { closed?: Micros; latest?: Micros } {
  return {
    ...(typeof closed === 'number' && { closed }),
    ...(typeof latest === 'number' && { latest })
  }
}
