import type { LineBatch, Sink } from '../../core/sink.ts'
import { unlessAborted } from '../../system/abort.ts'

/** What sinks over TCP have in common. `written` counts lines that the system has taken whole. */
export abstract class TcpSink implements Sink {
  readonly framed = false
  abstract readonly name: string
  written = 0
  /** Aborts with that of the command, and when the sink is closed. */
  protected readonly signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #warnings: string[] = []
  #sending: Promise<void> = Promise.resolve()

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#stop.signal])
  }

  warnings(): readonly string[] {
    return this.#warnings.splice(0)
  }

  async write(lines: LineBatch): Promise<void> {
    this.#sending = this.send(lines)
    await unlessAborted(this.signal, this.#sending)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.disconnect()
    await this.#sending.catch(() => {})
  }

  protected warn(warning: string): void {
    this.#warnings.push(warning)
  }

  protected abstract send(lines: LineBatch): Promise<void>

  /** Ends all connections. */
  protected abstract disconnect(): Promise<unknown>
}
