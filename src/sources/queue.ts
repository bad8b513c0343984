import { setImmediate } from 'node:timers/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import type { Position, Source, Stream } from '../core/source.ts'

const LF = 10

/** Bytes that came from somewhere that cannot be asked again, kept until the reader is done with them. */
export class QueueStream implements Stream {
  readonly id: string
  readonly name: string
  readonly replayable = false
  finished = false
  readonly #bytes = new ByteQueue()
  #offset = 0
  /** Up to where the reader was shown bytes, and where the last whole line ends: offsets in the stream. */
  #shown = 0
  #lineEnd = 0
  #moved = false

  constructor(id: string, name: string) {
    this.id = id
    this.name = name
  }

  get pending(): number {
    return this.#bytes.length
  }

  /** Where the bytes end that have come so far. */
  get end(): number {
    return this.#offset + this.pending
  }

  /** Whether there is a whole line to be read. */
  get hasLine(): boolean {
    return this.#lineEnd > this.#offset
  }

  /** Whether no more bytes can come before some are read. */
  get full(): boolean {
    return false
  }

  /**
   * Whether the reader has something to do: a line that it was not shown, or a rest behind what it took. Half a line
   * is shown again when it has doubled: whoever sends it byte by byte must not make a reader look at it each time.
   */
  get waiting(): boolean {
    if (this.#moved && this.pending > 0) return true
    if (this.end <= this.#shown) return false
    const shown = this.#shown - this.#offset
    return this.#lineEnd > this.#shown || this.finished || this.full || this.pending >= 2 * shown
  }

  push(chunk: Uint8Array): void {
    const line = chunk.lastIndexOf(LF)
    if (line >= 0) this.#lineEnd = this.end + line + 1
    this.#bytes.push(chunk)
  }

  /** To be called before the stream is handed to the reader. */
  offer(): void {
    this.#moved = false
  }

  read(into: Uint8Array): number {
    const got = this.#bytes.peek(into)
    this.#shown = Math.max(this.#shown, this.#offset + got)
    return got
  }

  advance(bytes: number): void {
    this.#bytes.drop(bytes)
    this.#offset += bytes
    this.#shown = Math.max(this.#shown, this.#offset)
    this.#moved = bytes > 0
  }

  position(): Position {
    return { offset: this.#offset }
  }
}

/**
 * A source of one stream that `input` fills. No more is taken from `input` than the reader asks for.
 * When `input` fails, `ready` throws what `failure` makes of the error, after the bytes that came before it.
 */
export function queueSource(
  stream: QueueStream,
  input: Readable,
  failure: (error: unknown) => Error
): Source {
  return {
    async *ready(signal) {
      try {
        for await (const chunk of addAbortSignal(signal, input)) {
          stream.push(chunk)
          yield* offers(stream)
        }
      } catch (error) {
        if (!signal.aborted) throw failure(error)
      }
      // Half a line that was cut off here is none.
      stream.finished = !signal.aborted
      stream.offer()
      yield [stream]
      yield* offers(stream)
    },
    close() {
      input.destroy()
    }
  }
}

/** Offers the stream for as long as the reader has something to do with it. */
async function* offers(stream: QueueStream): AsyncGenerator<readonly Stream[]> {
  while (stream.waiting) {
    stream.offer()
    yield [stream]
    await setImmediate()
  }
}

/** A block of memory that is no larger is kept when it is empty. */
const MAX_KEPT_BYTES = 131_072

/** Bytes in order, put in at one end and taken out at the other: one block of memory, however small the pieces. */
export class ByteQueue {
  #block = new Uint8Array(0)
  #begin = 0
  #end = 0

  get length(): number {
    return this.#end - this.#begin
  }

  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#block.length) this.#makeRoom(bytes.length)
    this.#block.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Copies the first bytes into `into`; returns how many. */
  peek(into: Uint8Array): number {
    const count = Math.min(into.length, this.length)
    into.set(this.#block.subarray(this.#begin, this.#begin + count))
    return count
  }

  /** The first `count` bytes are done with. */
  drop(count: number): void {
    this.#begin += count
    if (this.#begin < this.#end) return
    this.#begin = 0
    this.#end = 0
    if (this.#block.length > MAX_KEPT_BYTES) this.#block = new Uint8Array(0)
  }

  /** In the block itself while that is half empty, so that each byte is moved a few times at the most. */
  #makeRoom(bytes: number): void {
    const { length } = this
    const needed = length + bytes
    const from = this.#block.subarray(this.#begin, this.#end)
    if (2 * needed > this.#block.length) {
      this.#block = new Uint8Array(Math.max(1024, 2 * needed))
      this.#block.set(from)
    } else this.#block.copyWithin(0, this.#begin, this.#end)
    this.#begin = 0
    this.#end = length
  }
}
