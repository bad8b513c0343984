import type { Millis } from '../core/time.ts'

/** How Visor itself does, for the built-in health rules. */
export interface Health {
  readonly sources: ReadonlyMap<string, SourceHealth>
  /** Of an engine that runs elsewhere; absent for one that is this Visor. */
  readonly engine?: { readonly name: string; readonly failing?: EngineFailure }
  /** Of the disk that the store is on: the store's folder, where the disk is mounted, and bytes; absent where it is unknown. */
  readonly disk?: {
    readonly folder: string
    readonly mount: string
    readonly free: number
    readonly size: number
  }
  /** Of a store that cannot be written: for how long, and why; absent while it can be. */
  readonly store?: { readonly folder: string; readonly failing: Millis; readonly why: string }
  /** What is wrong with the memory of alerts and reports; absent where nothing is. */
  readonly state?: string
  /** Notifications that wait in the outbox, how long the oldest has, and what hinders it. */
  readonly outbox: { readonly waiting: number; readonly oldest: Millis; readonly why?: string }
}

/** Since when nothing has succeeded. */
export interface EngineFailure {
  readonly for: Millis
  readonly attempts: number
  /** Why, and what Visor does about it. */
  readonly message: string
  readonly detail: string
}

export interface SourceHealth {
  /** Lines read and rejected in the last five minutes (by the clock). */
  readonly recent: { readonly read: number; readonly rejected: number }
  /** For how long no lines have come (by the clock); absent before any. */
  readonly silent?: Millis
  /** What waits to be read: bytes, and how far that is behind where that is known. */
  readonly lag: { readonly bytes: number; readonly ms?: Millis }
  /** For how long reading has been waiting for the store; 0 while it does not. */
  readonly held: Millis
  /** What was lost in the last day, in bytes or messages, and what that is; absent where nobody looked. */
  readonly lost?: { readonly count: number; readonly text: string }
  /** For how long something stands there of which nothing was read, and what that is. */
  readonly unread?: { readonly for: Millis; readonly text: string }
  /** What hinders reading. */
  readonly problem?: string
}

/** Nothing is known, nothing is wrong. */
export const HEALTHY: Health = { sources: new Map(), outbox: { waiting: 0, oldest: 0 } }
