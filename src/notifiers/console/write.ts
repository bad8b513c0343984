import { reasonOf } from '../../system/reason.ts'

/** Writes a text to a stream, and waits until it is out. Rejects when that fails, or the signal aborts before. */
export async function write(stream: NodeJS.WritableStream, text: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const leave = (): void => reject(signal.reason)
  const fail = (error: Error): void => reject(new Error(`standard output: ${reasonOf(error)}`))
  signal.addEventListener('abort', leave)
  stream.on('error', fail)
  try {
    stream.write(text, error => (error ? fail(error) : resolve()))
    await promise
  } finally {
    signal.removeEventListener('abort', leave)
    stream.off('error', fail)
  }
}
