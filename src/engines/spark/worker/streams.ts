import type { Position, Stream } from '../../../core/source.ts'
import type { Millis } from '../../../core/time.ts'
import type { FetchedStream } from '../../../sources/kind.ts'
import type { Segment } from '../protocol.ts'

/** A segment as a stream, whose bytes may come by and by. */
export interface SegmentStream extends Stream {
  /** Asks for the first bytes, where these have to be fetched. */
  prefetch(): void
  /** Makes more bytes appear; false when all are there. */
  fetch(): Promise<boolean>
  /** Why not all of them could be had. */
  readonly problem: string | undefined
  close(): void
}

/** The bytes of a segment that came along in the plan. Its position is the offset alone. */
export class RidingStream implements SegmentStream {
  readonly id: string
  readonly name: string
  readonly finished: boolean
  readonly replayable: boolean
  readonly written: Millis | undefined
  readonly problem = undefined
  readonly #bytes: Uint8Array
  readonly #offset: number
  #done = 0

  constructor({ stream, name, finished, replayable, written, position }: Segment, bytes: Uint8Array) {
    this.id = stream
    this.name = name
    this.finished = finished
    this.replayable = replayable
    this.written = written
    this.#bytes = bytes
    this.#offset = position.offset
  }

  get pending(): number {
    return this.#bytes.length - this.#done
  }

  read(into: Uint8Array): number {
    const bytes = this.#bytes.subarray(this.#done, this.#done + into.length)
    into.set(bytes)
    return bytes.length
  }

  advance(bytes: number): void {
    this.#done += bytes
  }

  position(): Position {
    return { offset: this.#offset + this.#done }
  }

  prefetch(): void {}

  fetch(): Promise<boolean> {
    return Promise.resolve(false)
  }

  close(): void {}
}

/** The lines of a range, as the stream of the segment that they belong to. */
export class RangedStream implements SegmentStream {
  readonly id: string
  readonly name: string
  readonly finished = false
  readonly replayable: boolean
  readonly #segment: Segment
  readonly #range: FetchedStream

  constructor(segment: Segment, range: FetchedStream) {
    this.id = segment.stream
    this.name = segment.name
    this.replayable = segment.replayable
    this.#segment = segment
    this.#range = range
  }

  get pending(): number {
    return this.#range.pending
  }

  get written(): Millis | undefined {
    return this.#range.written ?? this.#segment.written
  }

  get problem(): string | undefined {
    return this.#range.problem
  }

  read(into: Uint8Array): number {
    return this.#range.read(into)
  }

  advance(bytes: number): void {
    this.#range.advance(bytes)
  }

  position(): Position {
    return this.#range.position()
  }

  prefetch(): void {
    this.#range.prefetch()
  }

  fetch(): Promise<boolean> {
    return this.#range.fetch()
  }

  close(): void {
    this.#range.close()
  }
}
