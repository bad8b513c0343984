import type { LineBatch } from '../core/sink.ts'
import type { Stream } from '../core/source.ts'

const NEWLINE = 10

/** Bytes that are read at once, at the least. */
const MIN_BUFFER_BYTES = 256 * 1024

export const NO_LINES: LineBatch = { bytes: new Uint8Array(), count: 0, ends: new Uint32Array(), keys: [] }

/** Lines of a stream, and how many bytes of it they take; bytes without lines are of a line that is too long. */
interface TakenLines {
  readonly lines: LineBatch
  readonly bytes: number
}

/** Takes whole lines out of the streams of a source, one stream at a time. */
export class LineReader {
  readonly #maxLineBytes: number
  /** Streams that stand within a line that is too long. */
  readonly #within = new WeakSet<Stream>()
  #buffer = Buffer.alloc(MIN_BUFFER_BYTES)
  /** Lines that were too long. */
  skipped = 0

  /** `maxLineBytes`: bytes that a line may have, its end not counted. */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /**
   * The next whole lines of a stream, keyed by `key`; `undefined` when it has none at the moment. What a finished stream
   * ends with is a line too. They stay until the next call.
   */
  take(stream: Stream, key: string): TakenLines | undefined {
    for (;;) {
      // A last line may lack the byte that ends it.
      const room = this.#buffer.length - 1
      const got = stream.read(this.#buffer.subarray(0, room))
      const all = this.#buffer.subarray(0, got)
      if (this.#within.has(stream)) return got === 0 ? undefined : this.#skip(stream, all)
      const whole = all.lastIndexOf(NEWLINE) + 1
      if (whole > 0) return takenLines(all.subarray(0, whole), whole, key)
      if (got < room) {
        if (!stream.finished || got === 0) return undefined
        this.#buffer[got] = NEWLINE
        return takenLines(this.#buffer.subarray(0, got + 1), got, key)
      }
      if (room > this.#maxLineBytes) {
        this.skipped++
        this.#within.add(stream)
        return { lines: NO_LINES, bytes: got }
      }
      this.#buffer = Buffer.alloc(this.#buffer.length * 2)
    }
  }

  /** Goes on to the end of a line that is too long. */
  #skip(stream: Stream, all: Buffer): TakenLines {
    const end = all.indexOf(NEWLINE)
    if (end >= 0) this.#within.delete(stream)
    return { lines: NO_LINES, bytes: end < 0 ? all.length : end + 1 }
  }
}

function takenLines(all: Buffer, bytes: number, key: string): TakenLines {
  const ends: number[] = []
  for (let at = all.indexOf(NEWLINE); at >= 0; at = all.indexOf(NEWLINE, at + 1)) ends.push(at + 1)
  const keys = ends.map(() => key)
  return { lines: { bytes: all, count: ends.length, ends: Uint32Array.from(ends), keys }, bytes }
}
