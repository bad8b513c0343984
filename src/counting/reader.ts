import type { Delivery, StreamPosition } from '../core/delivery.ts'
import type { FormatChoice } from '../core/format.ts'
import type { Progress } from '../core/progress.ts'
import { toRows } from '../core/rows.ts'
import type { Position, Stream } from '../core/source.ts'
import { toMicros, type Clock, type Micros, type Millis } from '../core/time.ts'
import {
  choiceNamed,
  chooseFormat,
  resumedChoice,
  type Choice,
  type SharedChoice
} from '../reading/choose.ts'
import { readOnce, type Pipelines, type Reading, type ReadingState } from '../reading/pipeline.ts'
import { NO_STATE, type ScanState } from '../scanner/index.ts'
import { Intake } from './intake.ts'
import type { EnginePlan, EngineSource } from './plan.ts'
import type { LiveSlot, SharedCounts } from './slots.ts'
import { Watermark, watermarkAt } from './watermark.ts'

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

/** Where a stream stands between two readings; plain data. */
export interface StreamState {
  /** With the scanner's state and the watermark. */
  readonly position: Position
  readonly format?: FormatChoice
  readonly held?: Held
  /** When lines were read last. */
  readonly last?: Millis
}

/** Bytes that end in a line that may go on, and since when they wait. */
export interface Held {
  readonly bytes: number
  readonly since: Millis
}

const NOTHING_HELD: Held = { bytes: 0, since: -Infinity }

/** How far one reading of a stream came. */
export interface Taken {
  /** What the lines were read by; absent where none was read: it waits, for a line or for somebody to name its format. */
  readonly choice?: FormatChoice
  /** Why nothing can be read. */
  readonly problem?: string
  /** There is more to be read at once. */
  readonly more: boolean
}

/** Reads one stream, step by step: bytes to columns to counts, with the position that belongs to them. */
export class StreamReader {
  readonly #stream: Stream
  readonly #common: Common
  readonly #watermark: Watermark
  #choice: FormatChoice | undefined
  /** What the scanner remembers of this stream from one reading to the next. */
  #scan: ScanState
  #last: Millis
  #held: Held
  /** The position that was delivered last, as text. */
  #delivered: string | undefined

  /** `state` is where an earlier reader had come to in this stream. */
  constructor(stream: Stream, common: Common, state?: StreamState) {
    const { plan, source } = common
    this.#stream = stream
    this.#common = common
    this.#watermark = new Watermark(plan.window, plan.lateness, watermarkAt(state?.position))
    this.#scan = stateOf(state?.position)
    this.#last = state?.last ?? -Infinity
    this.#held = state?.held ?? NOTHING_HELD
    this.#choice = resumedChoice(source.format, state?.format)
  }

  /** What a reader needs that goes on with this stream, besides its place. */
  get rest(): Pick<StreamState, 'held' | 'last'> {
    return {
      ...(this.#held.bytes > 0 && { held: this.#held }),
      ...(this.#last > -Infinity && { last: this.#last })
    }
  }

  /** How far event time has come. */
  get watermark(): { readonly closed: Micros; readonly latest: Micros } {
    const { closed, latest } = this.#watermark
    return { closed, latest }
  }

  /** Where the stream stands, with all that belongs to that. */
  get place(): StreamPosition {
    const { id: stream, name, finished } = this.#stream
    const { closed, latest } = this.#watermark
    const position: Position = {
      ...this.#stream.position(),
      ...placeOf(this.#scan),
      ...(closed > -Infinity && { closed }),
      ...(latest > -Infinity && { latest })
    }
    const format = this.#choice && { format: this.#choice }
    return { source: this.#common.source.name, stream, name, finished, position, ...format }
  }

  /**
   * Reads what waits, up to a bound. Where that is no complete line, a new position is delivered all the same: a source
   * that keeps where a stream stands relies on finding it again.
   */
  step(now: Millis): ReadStep {
    const read = this.#common.fineClock()
    const intake = this.intake(now)
    const { choice, problem } = this.take(intake, now)
    const rest = { ...(problem !== undefined && { problem }), ...(this.#held.bytes > 0 && { held: true }) }
    if (!choice) return { ...this.#positionAlone(), ...rest }
    return { ...this.#stepOf(choice, intake, read), ...rest }
  }

  /** What takes in lines of this stream. `counts` may be shared with others; then whoever shares them flushes them. */
  intake(now: Millis, counts: SharedCounts = { rollup: new Map(), signals: new Map() }): Intake {
    return new Intake(this.#stream.id, this.#common.plan, this.#watermark, toMicros(now), counts)
  }

  /**
   * Reads what waits, up to a bound, into one of its intakes.
   *
   * While no format fits, a stream that can be read again waits for somebody to name one; the lines of another are
   * rejected as they come.
   */
  take(intake: Intake, now: Millis): Taken {
    const chosen = this.#chosen()
    if (!chosen) return { more: false }
    if (!('problem' in chosen)) return this.#take(chosen.choice, intake, now)
    const { problem } = chosen
    if (this.#stream.replayable) return { problem, more: false }
    return { ...this.#take(choiceNamed(NEAREST, problem), intake, now), problem }
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

  #take(choice: FormatChoice, intake: Intake, now: Millis): Taken {
    const quiet = toMicros(now - this.#last)
    if (quiet > this.#common.plan.lateness && quiet < Infinity) this.#watermark.idle(toMicros(now))
    const before = intake.counters.bytes
    const until = before + MAX_STEP_BYTES
    let reading: Reading
    do reading = this.#readOnce(choice, intake, now)
    while (goesOn(reading) && this.#choice === choice && intake.counters.bytes < until)
    const more = goesOn(reading)
    if (intake.counters.bytes === before && !this.#stream.finished) return { more }
    this.#last = now
    return { choice, more }
  }

  #positionAlone(): ReadStep {
    const { place } = this
    if (!this.#isNew(place)) return {}
    return {
      delivery: { positions: [place], counters: [], events: [], rejected: [], rollup: [], signals: [] }
    }
  }

  /** Whether a place is another one than was delivered last. That the clock closes windows makes none. */
  #isNew({ position, finished, format }: StreamPosition): boolean {
    const delivered = this.#delivered
    const still = { ...position, closed: undefined, latest: undefined }
    this.#delivered = JSON.stringify([still, finished, format])
    return this.#delivered !== delivered
  }

  #readOnce(choice: FormatChoice, intake: Intake, now: Millis): Reading {
    const { bytes, since } = this.#held
    const state: ReadingState = { choice, scan: this.#scan }
    const reading = readOnce(this.#stream, this.#common.pipelines, state, intake, {
      now: toMicros(now),
      settled: left => left === bytes && now - since >= HOLD
    })
    this.#scan = state.scan
    if (this.#choice) this.#choice = state.choice
    if (!reading.held) this.#held = NOTHING_HELD
    else if (reading.left !== bytes) this.#held = { bytes: reading.left, since: now }
    return reading
  }

  #stepOf(choice: FormatChoice, intake: Intake, read: Millis): ReadStep {
    const { pipelines, plan, fineClock } = this.#common
    const { counters, events, rejected, rollup, kinds } = intake
    const { written, pending } = this.#stream
    intake.flush(pipelines.of(choice.text))
    const rows = toRows(rollup)
    const times = { ...(written !== undefined && { written }), read, counted: fineClock() }
    const signals = intake.signals.delta(times)
    const { place } = this
    this.#isNew(place)
    const { source, stream, name, finished, position } = place
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
        ...this.watermark,
        offset: position.offset,
        rollup: plan.aging ? [] : rows,
        lines: intake.samples(),
        ...(signals && { signals })
      }
    }
  }
}

/** Whether there may be more to be read at once. */
function goesOn({ consumed, cramped, final }: Reading): boolean {
  return (consumed > 0 || cramped) && !final
}

/** The part of a position that the scanner needs again. */
function placeOf({ skipping, time, zone }: ScanState): Omit<Position, 'offset'> {
  return { ...(skipping && { skipping }), ...(!Number.isNaN(time) && { time, zone }) }
}

function stateOf({ skipping, time, zone }: Partial<Position> = {}): ScanState {
  const known = typeof time === 'number' && typeof zone === 'number' ? { time, zone } : {}
  return { ...NO_STATE, skipping: skipping === true, ...known }
}
