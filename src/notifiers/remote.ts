import { formatDuration } from '../core/duration.ts'
import type { Millis } from '../core/time.ts'

/**
 * Does what a signal can end: it aborts when that takes longer than `timeout`, or when the one that is given does.
 * Rejects with what `act` rejects with.
 */
export async function withTimeout<T>(
  timeout: Millis,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  signal.throwIfAborted()
  const leave = new AbortController()
  const timer = setTimeout(
    () => leave.abort(new Error(`no answer within ${formatDuration(timeout)}`)),
    timeout
  )
  const stop = (): void => leave.abort(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    return await act(leave.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** A function that takes secrets out of what the other side says, which may repeat what it got. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // The longest first: one may be a part of another.
  const all = secrets.filter(secret => secret !== '').toSorted((a, b) => b.length - a.length)
  return text => all.reduce((text, secret) => text.replaceAll(secret, '***'), text)
}
