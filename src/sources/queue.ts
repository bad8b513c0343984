import { setImmediate } from 'node:timers/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import type { Position, Source, Stream } from '../core/source.ts'

/** Bytes that came from somewhere that cannot be asked again, kept until the reader is done with them. */
export class QueueStream implements Stream {
  readonly id: string
  readonly name: string
  finished = false
  #chunks: Uint8Array[] = []
  #offset = 0
  #pending = 0
  #shown = 0
  #moved = false

  constructor(id: string, name: string) {
    this.id = id
    this.name = name
  }

  get pending(): number {
    return this.#pending
  }

  /** Whether the reader has something to do: bytes it was not shown, or a rest behind what it took. */
  get waiting(): boolean {
    return this.#pending > this.#shown || (this.#moved && this.#pending > 0)
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#pending += chunk.length
  }

  /** To be called before the stream is handed to the reader. */
  offer(): void {
    this.#moved = false
  }

  read(into: Uint8Array): number {
    let got = 0
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, into.length - got)
      into.set(part, got)
      got += part.length
      if (got === into.length) break
    }
    this.#shown = Math.max(this.#shown, got)
    return got
  }

  advance(bytes: number): void {
    let left = bytes
    let done = 0
    for (const chunk of this.#chunks) {
      if (chunk.length > left) break
      left -= chunk.length
      done++
    }
    this.#chunks.splice(0, done)
    const first = this.#chunks[0]
    if (first) this.#chunks[0] = first.subarray(left)
    this.#offset += bytes
    this.#pending -= bytes
    this.#shown = Math.max(0, this.#shown - bytes)
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
          yield* offers(stream, signal)
        }
      } catch (error) {
        if (signal.aborted) return
        throw failure(error)
      }
      stream.finished = true
      yield [stream]
      yield* offers(stream, signal)
    },
    close() {
      input.destroy()
    }
  }
}

/** Offers the stream for as long as the reader has something to do with it. */
async function* offers(stream: QueueStream, signal: AbortSignal): AsyncGenerator<readonly Stream[]> {
  while (stream.waiting && !signal.aborted) {
    stream.offer()
    yield [stream]
    await setImmediate()
  }
}
