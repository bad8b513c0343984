import type { Millis } from '../core/time.ts'
import type { Status } from '../server/api-types.ts'

/** How Visor itself stands at one moment; what is not known is absent. */
export interface Snapshot {
  readonly status: Status
  /** Of the disk that the store is on, in bytes. */
  readonly disk?: { readonly free: number; readonly size: number } | undefined
  /** Notifications that wait in the outbox, and how long the oldest has. */
  readonly outbox: { readonly waiting: number; readonly oldest: Millis }
  /** Pages that hear the live feed. */
  readonly listeners?: number
  readonly configuration: ConfigurationStatus
  readonly readiness: Readiness
}

/** How the configuration stands that was asked for last. */
export interface ConfigurationStatus {
  /** When the one that is in effect was taken. */
  readonly loaded: Millis
  /** Why the last one was refused, for people; absent where it was taken. */
  readonly refused?: string
}

/** The parts that Visor needs to do its work. */
export const READY_PARTS = ['configuration', 'sources', 'engine', 'store', 'running'] as const

/** For each part that is not ready the reason, in words of Visor's own that tell nothing of logs or paths. */
export type Readiness = Readonly<Partial<Record<(typeof READY_PARTS)[number], string>>>

/** What is known of how far a Visor has come: from its start to its end. */
export interface Phase {
  /** Whether the engine has begun to read. */
  readonly started: boolean
  readonly stopping: boolean
}

/** What of a Visor that runs is not ready. That its last configuration was refused is no reason: the one before goes on. */
export function readinessOf({ sources, engine, store }: Status, { started, stopping }: Phase): Readiness {
  const troubled = sources.filter(({ state }) => state === 'problem').length
  return {
    ...(!started && { sources: 'the sources are not open yet' }),
    ...(started && troubled > 0 && { sources: `${troubled} of ${sources.length} sources cannot be read` }),
    ...(engine?.failure && { engine: 'the engine fails, and is tried again' }),
    ...(store.failure !== undefined && { store: 'the store cannot be written, and reading waits for it' }),
    ...(stopping && { running: 'it is shutting down' })
  }
}
