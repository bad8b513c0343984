import { setImmediate } from 'node:timers/promises'
import type { KnownStream, Problem, Source, Stream } from '../../core/source.ts'
import type { Clock, Millis } from '../../core/time.ts'
import { Files } from './files.ts'
import { Hints } from './hints.ts'
import type { FileOptions } from './options.ts'

/** How long files are not looked at again after something was heard of them, or read: more of it comes. */
const REST_TIME: Millis = 10

/**
 * Follows files through every kind of rotation, each line exactly once, also across restarts from `known`.
 * `ready` never throws; what hinders it is in `problems()` and tried again.
 */
export class FileSource implements Source {
  readonly #poll: Millis
  readonly #clock: Clock
  readonly #hints = new Hints()
  readonly #files: Files

  constructor(options: FileOptions, known: readonly KnownStream[], clock: Clock) {
    this.#poll = options.poll
    this.#clock = clock
    this.#files = new Files(options, known, this.#hints)
  }

  async *ready(signal: AbortSignal): AsyncGenerator<readonly Stream[]> {
    let [heard, restUntil] = [true, -Infinity]
    while (!signal.aborted) {
      const now = this.#clock()
      const looked = now >= restUntil
      if (looked) this.#files.look(now)
      const unpacking = await this.#files.unpack()
      const waiting = this.#files.waiting()
      if (looked && (heard || waiting.length > 0)) restUntil = now + REST_TIME
      if (waiting.length > 0) {
        for (const stream of waiting) stream.offer()
        yield waiting
        this.#files.settle()
        await setImmediate()
      } else if (!unpacking) heard = await this.#hints.wait(restUntil - now, this.#poll, signal)
    }
  }

  /** What cannot be read at the moment, and why. */
  problems(): Problem[] {
    return this.#files.problems()
  }

  close(): void {
    this.#hints.close()
    this.#files.close()
  }
}
