import { statfs } from 'node:fs/promises'
import type { Health, SourceHealth } from '../alerts/health.ts'
import { MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import type { SourceStatus } from '../server/api-types.ts'

/** How far back `recent` counts go, and how finely they move on. */
const RECENT: Millis = 5 * MINUTE_MS
const SLICE: Millis = 10 * SECOND_MS

/** Makes of how sources stand, looked at about once a second, what health rules ask. */
export class HealthWatch {
  readonly #sources = new Map<string, Watched>()

  look(sources: readonly SourceStatus[], now: Millis): ReadonlyMap<string, SourceHealth> {
    return new Map(sources.map(source => [source.name, this.#watched(source, now).look(source, now)]))
  }

  #watched({ name, counters }: SourceStatus, now: Millis): Watched {
    let watched = this.#sources.get(name)
    if (!watched) this.#sources.set(name, (watched = new Watched(counters, now)))
    return watched
  }
}

interface Mark {
  readonly at: Millis
  readonly read: number
  readonly rejected: number
}

/** One source, and what its counters were in the last minutes. */
class Watched {
  readonly #marks: Mark[]
  #read: number
  #heard: number | undefined

  constructor({ read, rejected }: SourceStatus['counters'], now: Millis) {
    this.#marks = [{ at: now, read, rejected }]
    this.#read = read
  }

  look({ counters, lag, held, state, detail }: SourceStatus, now: Millis): SourceHealth {
    if (counters.read > this.#read) this.#heard = now
    this.#read = counters.read
    const marks = this.#marks
    if (now - (marks.at(-1)?.at ?? 0) >= SLICE)
      marks.push({ at: now, read: counters.read, rejected: counters.rejected })
    while (marks[1] && now - marks[1].at >= RECENT) marks.shift()
    const [oldest = counters] = marks
    return {
      recent: { read: counters.read - oldest.read, rejected: counters.rejected - oldest.rejected },
      ...(this.#heard !== undefined && { silent: now - this.#heard }),
      lag: { bytes: lag.bytes, ...(lag.seconds !== undefined && { ms: lag.seconds * SECOND_MS }) },
      held: held ?? 0,
      ...(state === 'problem' && { problem: detail })
    }
  }
}

/** Free and whole space of the disk that a folder is on, in bytes; `undefined` where that is unknown. */
export async function diskOf(folder: string): Promise<Health['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { free: bavail * bsize, size: blocks * bsize }
  } catch {
    return undefined
  }
}
