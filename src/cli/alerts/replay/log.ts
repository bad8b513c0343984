import { setTimeout as wait } from 'node:timers/promises'
import { VisorError } from '../../../core/errors.ts'
import type { SignalDelta } from '../../../core/signal.ts'
import { addCounters, NO_COUNTERS, type Counters, type Source, type Stream } from '../../../core/source.ts'
import { HOLD, StreamReader, type Common } from '../../../engines/embedded/reader.ts'
import { openBulk } from '../../../sources/index.ts'

/** A log that is read step by step, just as a log that is watched is. */
export class Log {
  readonly counters: Counters = { ...NO_COUNTERS }
  /** The latest event time read, in microseconds; -Infinity before any. */
  latest = -Infinity
  done = false
  readonly #path: string
  readonly #common: Common
  readonly #source: Source
  readonly #ready: AsyncIterator<readonly Stream[]>
  #reader: StreamReader | undefined
  #stream: Stream | undefined

  /** @throws VisorError FILE_MISSING, FILE_UNREADABLE */
  constructor(path: string, common: Common, signal: AbortSignal) {
    this.#path = path
    this.#common = common
    this.#source = openBulk(path)
    this.#ready = this.#source.ready(signal)[Symbol.asyncIterator]()
  }

  /** Reads some more; gives what that counted. @throws VisorError FORMAT_UNKNOWN, FILE_UNREADABLE */
  async step(): Promise<SignalDelta | undefined> {
    const stream = (this.#stream ??= await this.#next())
    if (!stream) return undefined
    this.#reader ??= new StreamReader(stream, this.#common)
    const { progress, problem, held } = this.#reader.step(this.#common.moment())
    if (problem !== undefined) throw new VisorError('FORMAT_UNKNOWN', `${this.#path}: ${problem}`)
    if (progress) {
      addCounters(this.counters, progress.counters)
      this.latest = Math.max(this.latest, progress.latest)
    }
    if (held) await wait(HOLD)
    else if (!progress || progress.counters.bytes === 0) this.#stream = undefined
    return progress?.signals
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  /** The stream once there is more of it, or the end. */
  async #next(): Promise<Stream | undefined> {
    const { value, done } = await this.#ready.next()
    if (done) this.done = true
    return done ? undefined : value[0]
  }
}
