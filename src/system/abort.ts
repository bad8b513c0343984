import { setTimeout as delay } from 'node:timers/promises'
import { formatDuration } from '../core/duration.ts'
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

/**
 * What `act` comes to, or a rejection as soon as that takes longer than `timeout` or the signal aborts; the signal that `act`
 * gets aborts then, too.
 */
export async function withTimeout<T>(
  timeout: Millis,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  signal.throwIfAborted()
  const leave = new AbortController()
  const late = (): void => leave.abort(new Error(`no answer within ${formatDuration(timeout)}`))
  const timer = setTimeout(late, timeout)
  const stop = (): void => leave.abort(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    return await unlessAborted(leave.signal, act(leave.signal))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Waits; rejects with the signal's reason as soon as that aborts. */
export async function pause(duration: Millis, signal: AbortSignal): Promise<void> {
  await delay(duration, undefined, { signal }).catch(() => {})
  signal.throwIfAborted()
}
