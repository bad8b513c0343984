import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { systemCode } from '../../core/errors.ts'
import type { LineBatch, Sink } from '../../core/sink.ts'
import type { Millis } from '../../core/time.ts'
import { pause } from '../../system/abort.ts'
import { StreamSink } from '../stdout/stream.ts'
import { unwritable } from './log.ts'

/** Between two looks for a reader. */
const READER_CHECK_INTERVAL: Millis = 100

/** Lines to a FIFO: waits for its reader, and ends as standard output does when that leaves (ReaderLeft). */
export class FifoSink implements Sink {
  readonly framed = false
  readonly name: string
  readonly #signal: AbortSignal
  readonly #warnings: string[] = []
  #open: { readonly stream: Socket; readonly sink: StreamSink } | undefined

  constructor(path: string, signal: AbortSignal) {
    this.name = path
    this.#signal = signal
  }

  get written(): number {
    return this.#open?.sink.written ?? 0
  }

  async write(lines: LineBatch): Promise<void> {
    if (lines.count === 0) return
    this.#open ??= await this.#whenRead()
    await this.#open.sink.write(lines)
  }

  async close(): Promise<void> {
    this.#open?.stream.destroy()
  }

  warnings(): readonly string[] {
    return this.#warnings.splice(0)
  }

  /** A blocking open would wait in a thread that nothing can call back, not even the end of the process. */
  async #whenRead(): Promise<{ stream: Socket; sink: StreamSink }> {
    for (let reported = false; ; reported = true) {
      const fd = this.#tryOpen()
      if (fd !== undefined) {
        const stream = new Socket({ fd, readable: false, writable: true })
        return { stream, sink: new StreamSink(this.name, stream, this.#signal) }
      }
      if (!reported) this.#warnings.push(`waits for a reader of ${this.name}`)
      await pause(READER_CHECK_INTERVAL, this.#signal)
    }
  }

  /** `undefined` while nobody reads. */
  #tryOpen(): number | undefined {
    try {
      return openSync(this.name, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch (error) {
      if (systemCode(error) === 'ENXIO') return undefined
      throw unwritable(this.name, error)
    }
  }
}
