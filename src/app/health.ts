import type { Health, SourceHealth } from '../alerts/health.ts'
import type { EngineStatus } from '../core/progress.ts'
import { MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import type { SourceStatus, StoreStatus } from '../server/api-types.ts'
import type { DiskSpace } from '../system/disk.ts'

/** How far back `recent` counts go, and how finely they move on. */
const RECENT: Millis = 5 * MINUTE_MS
const SLICE: Millis = 10 * SECOND_MS

/** A source's counters at one time. */
type Mark = Pick<SourceStatus['counters'], 'read' | 'rejected'> & { readonly at: Millis }

/** Makes of how sources stand, looked at about once a second, what health rules ask. */
export class HealthWatch {
  /** By source: what its counters were in the last minutes, how much it has read, and when that last grew. */
  readonly #sources = new Map<string, { readonly marks: Mark[]; read: number; heard?: Millis }>()

  /** `more` gives what else is known of a source. */
  look(
    sources: readonly SourceStatus[],
    now: Millis,
    more: (source: string) => Partial<SourceHealth> = () => ({})
  ): ReadonlyMap<string, SourceHealth> {
    return new Map(sources.map(source => [source.name, { ...this.#look(source, now), ...more(source.name) }]))
  }

  #look({ name, counters, lag, held, state, detail }: SourceStatus, now: Millis): SourceHealth {
    const { read, rejected } = counters
    const known = this.#sources.get(name) ?? { marks: [{ at: now, read, rejected }], read }
    this.#sources.set(name, known)
    if (read > known.read) known.heard = now
    known.read = read
    const { marks, heard } = known
    if (now - (marks.at(-1)?.at ?? 0) >= SLICE) marks.push({ at: now, read, rejected })
    while (marks[1] && now - marks[1].at >= RECENT) marks.shift()
    const [oldest = counters] = marks
    return {
      recent: { read: read - oldest.read, rejected: rejected - oldest.rejected },
      ...(heard !== undefined && { silent: now - heard }),
      lag: { bytes: lag.bytes, ...(lag.seconds !== undefined && { ms: lag.seconds * SECOND_MS }) },
      held: held ?? 0,
      ...(state === 'problem' && { problem: detail })
    }
  }
}

/** What health rules ask of an engine that reports how it stands. */
export function engineHealth(status: EngineStatus | undefined, now: Millis): Health['engine'] {
  if (!status) return undefined
  const { name, detail, failure } = status
  return { name, ...(failure && { failing: { ...failure, detail, for: Math.max(0, now - failure.since) } }) }
}

/** What health rules ask of a store and its disk. */
export function storeHealth(
  folder: string,
  { failure, failingSince = 0 }: StoreStatus,
  disk: DiskSpace | undefined,
  now: Millis
): Pick<Health, 'disk' | 'store'> {
  return {
    ...(disk && { disk: { ...disk, folder } }),
    ...(failure !== undefined && {
      store: { folder, why: failure, failing: Math.max(0, now - failingSince) }
    })
  }
}
