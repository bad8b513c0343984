import { setImmediate } from 'node:timers/promises'
import type { KnownStream, Source } from '../../core/source.ts'
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
export function fileSource(options: FileOptions, known: readonly KnownStream[], clock: Clock): Source {
  const hints = new Hints()
  const files = new Files(options, known, hints)
  return {
    async *ready(signal) {
      let [heard, restUntil] = [true, -Infinity]
      while (!signal.aborted) {
        const now = clock()
        const looked = now >= restUntil
        if (looked) files.look(now)
        const unpacking = await files.unpack()
        const waiting = files.waiting()
        if (looked && (heard || waiting.length > 0)) restUntil = now + REST_TIME
        if (waiting.length > 0) {
          for (const stream of waiting) stream.offer()
          yield waiting
          files.settle()
          await setImmediate()
        } else if (!unpacking) heard = await hints.wait(restUntil - now, options.poll, signal)
      }
      for (let rest = files.piped(); rest.length > 0; rest = files.piped()) {
        for (const stream of rest) stream.offer()
        yield rest
      }
    },
    problems: () => files.problems(),
    close() {
      hints.close()
      files.close()
    }
  }
}
