import type { Socket } from 'node:net'
import type { Millis } from '../../core/time.ts'
import type { InboxStream } from '../inbox.ts'
import type { Framing } from './framing.ts'

export interface ConnectionOptions {
  /** What the bytes are taken apart by; each byte is handed on as it is without. */
  readonly framing?: ((push: (bytes: Uint8Array) => void) => Framing) | undefined
  /** It is closed after so long a silence. */
  readonly idle?: Millis | undefined
}

/**
 * Takes the bytes of a socket into a stream, no more than that has room for: then whoever sends has to wait. Resolves
 * when the connection is over, with the error that ended it, if any.
 */
export function takeIn(
  socket: Socket,
  stream: InboxStream,
  { framing, idle }: ConnectionOptions
): Promise<Error | undefined> {
  const framed = framing?.(bytes => stream.push(bytes))
  const take = (chunk: Uint8Array): void => (framed ? framed.take(chunk) : stream.push(chunk))
  socket.on('data', (chunk: Uint8Array) => {
    take(chunk)
    if (stream.full) socket.pause()
  })
  stream.onRead = () => {
    if (socket.isPaused() && !stream.full) socket.resume()
  }
  // Not its fault where it is we who do not read.
  if (idle !== undefined) socket.setTimeout(idle, () => !socket.isPaused() && socket.destroy())
  let cause: Error | undefined
  socket.on('error', error => (cause = error))
  return new Promise(done => {
    socket.once('close', () => {
      // What had come when the connection was reset, and waited for room.
      for (let rest = read(socket); rest !== null; rest = read(socket)) take(rest)
      framed?.finish()
      stream.finish()
      done(cause)
    })
  })
}

function read(socket: Socket): Uint8Array | null {
  const chunk: unknown = socket.read()
  return chunk instanceof Uint8Array ? chunk : null
}
