import { formatDuration } from '../core/duration.ts'

/**
 * Does what can be left off by a signal, which aborts when it has not come to an end within `ms` milliseconds, or when the one
 * that is given does.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  signal.throwIfAborted()
  const leave = new AbortController()
  const timer = setTimeout(() => leave.abort(new Error(`no answer within ${formatDuration(ms)}`)), ms)
  const stop = (): void => leave.abort(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    return await act(leave.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
