import { setTimeout } from 'node:timers/promises'
import type { Millis } from '../core/time.ts'

/** What the promise comes to, or a rejection with the signal's reason when that aborts before. */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Waits; rejects with the signal's reason as soon as that aborts. */
export async function pause(duration: Millis, signal: AbortSignal): Promise<void> {
  await setTimeout(duration, undefined, { signal }).catch(() => {})
  signal.throwIfAborted()
}
