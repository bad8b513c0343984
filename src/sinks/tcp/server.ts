import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { addressText, isLoopback, type Address } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import { counted } from '../../core/units.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import { reasonOf } from '../../system/reason.ts'
import { listenReasonOf, peerOf, SOCKET_OPTIONS } from '../../system/socket.ts'
import type { LineBatch, Sink, SinkDependencies } from '../../core/sink.ts'
import { unlessAborted } from '../../system/abort.ts'
import { linesWithin, Peer } from './peer.ts'
import { TcpSink } from './sink.ts'

/**
 * Lines to all who connect, each from when it did, the slowest setting the pace. `write` resolves when the system has
 * taken the lines for every reader, and waits while there is none: then nothing is lost but what the system held for a
 * reader that broke off, which nobody can know.
 *
 * `written` counts lines that the system has taken whole for at least one reader. When the last reader breaks off,
 * the lines that were just being handed over (64 KB) are given to the next one, whether or not they arrived.
 */
class TcpServerSink extends TcpSink {
  readonly name: string
  readonly #server: Server
  readonly #readers = new Map<Peer, string>()
  readonly #allows: (address: string) => boolean
  #arrived = Promise.withResolvers<void>()

  constructor(server: Server, name: string, allows: (address: string) => boolean, signal: AbortSignal) {
    super(signal)
    this.name = name
    this.#allows = allows
    this.#server = server
    server.on('connection', socket => void this.#receive(socket))
    server.on('error', error => this.warn(`${name} cannot take a reader: ${reasonOf(error)}`))
    this.#reportWaiting()
  }

  protected disconnect(): Promise<unknown> {
    this.#server.close()
    return Promise.all(Array.from(this.#readers.keys(), reader => reader.end()))
  }

  protected async send(lines: LineBatch): Promise<void> {
    for (let at = 0; at < lines.bytes.length;) {
      const readers = await this.#present()
      const given = await Promise.all(readers.map(reader => reader.give(lines, at, this.signal)))
      const reached = Math.max(...given.map(({ at }) => at))
      this.written += linesWithin(lines, at, reached)
      at = reached
    }
  }

  /** Those who are connected; waits for the first. */
  async #present(): Promise<readonly Peer[]> {
    for (;;) {
      this.signal.throwIfAborted()
      const readers = [...this.#readers.keys()].filter(({ open }) => open)
      if (readers.length > 0) return readers
      this.#arrived = Promise.withResolvers()
      await unlessAborted(this.signal, this.#arrived.promise)
    }
  }

  async #receive(socket: Socket): Promise<void> {
    const name = peerOf(socket)
    if (!this.#allows(socket.remoteAddress ?? '')) {
      this.warn(`${name} is not allowed to read`)
      socket.destroy()
      return
    }
    const reader = new Peer(socket)
    this.#readers.set(reader, name)
    this.warn(`${name} reads`)
    this.#arrived.resolve()
    await reader.closed
    this.#readers.delete(reader)
    if (this.signal.aborted) return
    this.warn(`${name} left after ${counted(reader.lines, 'line')}`)
    if (this.#readers.size === 0) this.#reportWaiting()
  }

  /** That others than this machine reach it, and everybody may. */
  warnOpen(): void {
    this.warn(`everybody who reaches ${this.name} is given the lines: add ?allow=10.0.0.0/8 for some alone`)
  }

  #reportWaiting(): void {
    this.warn(`waits for a reader at ${this.name}`)
  }
}

/** Listens; fails with CONNECTION when that cannot be done. */
export async function listen(
  { host, port, allow }: Address & { readonly allow?: readonly string[] | undefined },
  { signal }: SinkDependencies
): Promise<Sink> {
  const server = createServer(SOCKET_OPTIONS)
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (cause) {
    const at = addressText({ host, port })
    throw new VisorError('CONNECTION', `cannot listen at ${at}: ${listenReasonOf(cause)}`, { cause })
  }
  const bound = server.address()
  const taken = typeof bound === 'object' && bound ? bound.port : port
  const sink = new TcpServerSink(server, addressText({ host, port: taken }), rangeMatcher(allow), signal)
  if (!isLoopback(host) && allow === undefined) sink.warnOpen()
  return sink
}
