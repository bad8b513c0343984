import type { StreamPosition } from '../../core/delivery.ts'
import type { FormatChoice } from '../../core/format.ts'
import { NO_COUNTERS, type KnownStream, type Position, type Stream } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { HOLD } from '../../counting/reader.ts'
import { watermarkAt } from '../../counting/watermark.ts'
import { choiceConfigured, resumedChoice } from '../../reading/choose.ts'
import type { RangeStream } from '../../sources/kind.ts'
import type { Held, Segment, SegmentResult } from './protocol.ts'
import type { Piece } from './tasks.ts'

/** Half a line is shown to a worker when it is so long, and again when it has doubled: it may be too long to be a line. */
const LONG_LINE = 64 << 10

/** How long a range waits that could not be read. */
const RETRY: Millis = SECOND_MS

const NO_BYTES = new Uint8Array(0)

/** What the streams of a source have in common. */
export interface InputCommon {
  readonly source: string
  readonly uniform: boolean
  readonly maxLineBytes: number | undefined
  /** A format that is configured. */
  readonly configured: string | undefined
  /** What the first lines of one stream have shown for all, where they are uniform. */
  shared: FormatChoice | undefined
  /** About how long a message is. */
  messageBytes: number
}

/** Some of a stream that goes into a batch, with its bytes where they ride in the plan. */
export interface BatchPiece extends Piece {
  readonly cursor: Cursor
  readonly segment: Segment
  readonly data: Uint8Array
}

/** What a cursor gives for the next batch: some of its stream, or how it stands where nothing of it is to be read. */
export type Next = { readonly piece: BatchPiece } | { readonly standing: SegmentResult }

/** Reads one stream for batches: what of it comes next, and where it stands after what came of that. */
export class Cursor {
  readonly stream: Stream | RangeStream
  /** When it is to be read again though its source says nothing. */
  again: Millis | undefined
  /** When something of it was read last. */
  read: Millis = -Infinity
  /** A task that reads it fails again and again: it is left alone until that has succeeded. */
  stuck = false
  readonly #common: InputCommon
  #format: FormatChoice | undefined
  #scan: Omit<Position, 'offset'>
  #held: Held | undefined
  #last: Millis | undefined
  /** Bytes behind the position that a worker has seen and left. */
  #left = 0
  /** How many bytes it is given at the least: a line may be longer than a share. */
  #least = 0
  /** The position that was delivered last, as text. */
  #delivered: string | undefined
  #isOver = false

  constructor(stream: Stream | RangeStream, common: InputCommon, known?: KnownStream) {
    this.stream = stream
    this.#common = common
    this.#scan = known ? scanOf(known.position) : {}
    this.#format = resumedChoice(common.configured, known?.format)
  }

  get replayable(): boolean {
    return isRange(this.stream) || this.stream.replayable
  }

  /** Whether its bytes go along with the plan; others are read by the worker. */
  get rides(): boolean {
    return !isRange(this.stream)
  }

  /** Others may read it by now, so nothing of it counts any more. */
  get isGone(): boolean {
    return isRange(this.stream) && this.stream.finished
  }

  /** Nothing more comes of it. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** About how many bytes wait. */
  get wanted(): number {
    const { pending } = this.stream
    return isRange(this.stream) ? Math.round(pending * this.#common.messageBytes) : pending
  }

  /** The next of it, about `most` bytes. */
  next(most: number, now: Millis): Next {
    const { stream } = this
    const due = this.again !== undefined && this.again <= now
    const piece = isRange(stream) ? this.#range(stream, most) : this.#bytes(stream, most, due)
    if (piece) {
      this.again = undefined
      this.read = now
    }
    return piece ? { piece } : { standing: this.#standing() }
  }

  /** Moves on behind what came of a piece; gives where the stream stands, unless that is known already. */
  take(result: SegmentResult, piece: BatchPiece | undefined, now: Millis): StreamPosition | undefined {
    const { place, held, last, consumed, problem, shared } = result
    const { stream } = this
    if (piece) {
      const size = piece.data.length
      if (isRange(stream)) stream.advance(place.position)
      else stream.advance(consumed)
      this.#scan = scanOf(place.position)
      this.#format = place.format
      this.#common.shared ??= shared
      this.#held = held
      // What came while Spark did not answer waited for it: the stream was not quiet.
      this.#last = last === undefined ? undefined : Math.max(last, now)
      this.#left = size - consumed
      const cramped = consumed === 0 && !held && problem === undefined && size > 0
      this.#least = cramped ? 2 * size : 0
      if (held) this.again = now + HOLD
      else if (problem !== undefined && isRange(stream)) this.again = now + RETRY
    }
    const position: StreamPosition = { ...place, position: { ...stream.position(), ...this.#scan } }
    const { closed: _closed, latest: _latest, ...stood } = position.position
    const text = JSON.stringify([stood, position.finished, position.format])
    if (text === this.#delivered) return undefined
    this.#delivered = text
    this.#isOver = position.finished
    return position
  }

  #range(stream: RangeStream, most: number): BatchPiece | undefined {
    const { messageBytes } = this.#common
    const range = stream.finished ? undefined : stream.next(Math.max(1, Math.floor(most / messageBytes)))
    if (!range) return undefined
    this.#common.messageBytes = range.bytes / range.messages
    const segment = this.#segment({ range }, false)
    return {
      cursor: this,
      segment,
      data: NO_BYTES,
      bytes: range.bytes,
      group: this.#group(),
      alone: range.rows === true
    }
  }

  #bytes(stream: Stream, most: number, due: boolean): BatchPiece | undefined {
    const room = Math.max(most, this.#least)
    const buffer = new Uint8Array(Math.min(room, stream.pending))
    const length = stream.read(buffer)
    const data = length < buffer.length ? buffer.slice(0, length) : buffer
    const finished = stream.finished && length >= stream.pending
    if (length === 0 || !(due || finished || this.#hasNews(data))) return undefined
    const segment = this.#segment({ bytes: length }, finished)
    return { cursor: this, segment, data, bytes: length, group: this.#group() }
  }

  /** Whether bytes have a whole line that no worker has seen, or so much of one that it may be too long. */
  #hasNews(data: Uint8Array): boolean {
    const long = Math.max(LONG_LINE, 2 * this.#left)
    return data.length >= long || this.#scan['skipping'] === true || data.indexOf(10, this.#left) >= 0
  }

  #segment(from: Segment['from'], finished: boolean): Segment {
    const { source, uniform, maxLineBytes } = this.#common
    const { stream } = this
    const format = this.#known
    return {
      source,
      stream: stream.id,
      name: stream.name,
      finished,
      replayable: this.replayable,
      position: { ...stream.position(), ...this.#scan },
      from,
      ...(stream.written !== undefined && { written: stream.written }),
      ...(format && { format }),
      ...(this.#held && { held: this.#held }),
      ...(this.#last !== undefined && { last: this.#last }),
      ...(uniform && { uniform }),
      ...(maxLineBytes !== undefined && { maxLineBytes })
    }
  }

  get #known(): FormatChoice | undefined {
    const { configured, shared } = this.#common
    return this.#format ?? (configured === undefined ? shared : undefined)
  }

  /** Uniform streams are read one after the other until one of them has shown the format. */
  #group(): string | undefined {
    const { source, uniform, configured } = this.#common
    return uniform && configured === undefined && !this.#known ? source : undefined
  }

  #standing(): SegmentResult {
    const { id: stream, name } = this.stream
    const finished = this.stream.finished && (isRange(this.stream) || this.stream.pending === 0)
    const { source, configured } = this.#common
    const format = this.#known ?? (configured === undefined ? undefined : choiceConfigured(configured))
    return {
      place: {
        source,
        stream,
        name,
        finished,
        position: this.stream.position(),
        ...(format && { format })
      },
      consumed: 0,
      counters: NO_COUNTERS,
      kinds: [],
      ...watermarkAt(this.#scan),
      lines: []
    }
  }
}

function isRange(stream: Stream | RangeStream): stream is RangeStream {
  return 'next' in stream
}

/** What the counting reader keeps in a position beside what the source keeps there. */
function scanOf({ skipping, time, zone, closed, latest }: Position): Omit<Position, 'offset'> {
  return {
    ...(skipping !== undefined && { skipping }),
    ...(time !== undefined && { time }),
    ...(zone !== undefined && { zone }),
    ...(closed !== undefined && { closed }),
    ...(latest !== undefined && { latest })
  }
}
