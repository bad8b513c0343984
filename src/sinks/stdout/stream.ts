import { systemCode, VisorError } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'
import type { LineBatch, Sink } from '../../core/sink.ts'
import { unlessAborted } from '../../system/abort.ts'
import { counted } from '../../core/units.ts'

/**
 * What `write` rejects with once who reads has seen enough, as in `… | head`: no failure, but the end. A command that
 * meets it ends with code 0 and prints nothing.
 */
export class ReaderLeft extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`the reader of ${name} has left`, options)
    this.name = 'ReaderLeft'
  }
}

/**
 * Lines to a stream that somebody else may close. `write` resolves when the system has taken the lines, and `written`
 * counts those. It rejects with ReaderLeft when the other side is closed, with FILE_UNWRITABLE for any other reason.
 */
export class StreamSink implements Sink {
  readonly framed = false
  readonly name: string
  written = 0
  readonly #stream: NodeJS.WritableStream
  readonly #signal: AbortSignal
  #failure: Error | undefined
  /** Whether the stream has not answered a write yet, which it may do after an abort. */
  #unanswered = false
  /** The stream reports a failure twice: to who wrote, and as an event that must not go unheard. */
  readonly #heard = (error: Error): void => void this.#fail(error)

  constructor(name: string, stream: NodeJS.WritableStream, signal: AbortSignal) {
    this.name = name
    this.#stream = stream
    this.#signal = signal
    stream.on('error', this.#heard)
  }

  async write({ bytes, count }: LineBatch): Promise<void> {
    if (this.#failure) throw this.#failure
    if (count === 0) return
    await unlessAborted(this.#signal, this.#hand(bytes))
    this.written += count
  }

  async close(): Promise<void> {
    if (!this.#failure && !this.#unanswered) this.#stream.off('error', this.#heard)
  }

  #hand(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#unanswered = true
      this.#stream.write(bytes, error => {
        this.#unanswered = false
        if (error) reject(this.#fail(error))
        else resolve()
      })
    })
  }

  #fail(error: Error): Error {
    this.#failure ??= ['EPIPE', 'ECONNRESET'].includes(systemCode(error) ?? '')
      ? new ReaderLeft(this.name, { cause: error })
      : new VisorError(
          'FILE_UNWRITABLE',
          `cannot write ${this.name}: ${reasonOf(error)}; ${counted(this.written, 'line')} written`,
          { cause: error }
        )
    return this.#failure
  }
}
