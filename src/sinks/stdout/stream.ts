import { systemCode, VisorError } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'
import type { Sink } from '../../core/sink.ts'
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
export function streamSink(name: string, stream: NodeJS.WritableStream, signal: AbortSignal): Sink {
  let written = 0
  let failure: Error | undefined
  /** Whether the stream has not answered a write yet, which it may do after an abort. */
  let unanswered = false

  /** The stream reports a failure twice: to who wrote, and as an event that must not go unheard. */
  function fail(cause: Error): Error {
    failure ??= ['EPIPE', 'ECONNRESET'].includes(systemCode(cause) ?? '')
      ? new ReaderLeft(name, { cause })
      : new VisorError(
          'FILE_UNWRITABLE',
          `cannot write ${name}: ${reasonOf(cause)}; ${counted(written, 'line')} written`,
          { cause }
        )
    return failure
  }

  function hand(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      unanswered = true
      stream.write(bytes, error => {
        unanswered = false
        if (error) reject(fail(error))
        else resolve()
      })
    })
  }

  stream.on('error', fail)
  return {
    framed: false,
    name,
    get written() {
      return written
    },
    async write({ bytes, count }) {
      if (failure) throw failure
      if (count === 0) return
      await unlessAborted(signal, hand(bytes))
      written += count
    },
    async close() {
      if (!failure && !unanswered) stream.off('error', fail)
    }
  }
}
