import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { addressText } from '../../core/address.ts'
import { systemCode, VisorError } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'
import type { LineBatch, Sink, SinkDependencies } from '../../core/sink.ts'
import { unlessAborted } from '../abort.ts'
import { linesText } from '../lines-text.ts'
import type { Address } from './options.ts'
import { linesWithin, Peer } from './peer.ts'
import { SOCKET } from './socket.ts'

/**
 * Lines to all who connect, each from when it did, the slowest setting the pace. `write` resolves when the system has
 * taken the lines for every reader, and waits while there is none: then nothing is lost but what the system held for a
 * reader that broke off, which nobody can know.
 *
 * `written` counts lines that the system has taken whole for at least one reader. When the last reader breaks off,
 * the lines that were just being handed over (64 KB) are given to the next one, whether or not they arrived.
 */
export class TcpServerSink implements Sink {
  readonly framed = false
  readonly name: string
  readonly #server: Server
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #readers = new Map<Peer, string>()
  readonly #notices: string[] = []
  #arrived = Promise.withResolvers<void>()
  #sending: Promise<void> = Promise.resolve()
  #written = 0
  #closed: Promise<void> | undefined

  constructor(server: Server, name: string, signal: AbortSignal) {
    this.name = name
    this.#server = server
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    server.on('connection', socket => void this.#receive(socket))
    server.on('error', error => this.#notices.push(`${name} cannot take a reader: ${reasonOf(error)}`))
    this.#tellWaiting()
  }

  get written(): number {
    return this.#written
  }

  warnings(): readonly string[] {
    return this.#notices.splice(0)
  }

  async write(lines: LineBatch): Promise<void> {
    this.#sending = this.#send(lines)
    await unlessAborted(this.#signal, this.#sending)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#stop.abort()
    this.#server.close()
    await Promise.all(Array.from(this.#readers.keys(), reader => reader.end()))
    await this.#sending.catch(() => {})
  }

  async #send(lines: LineBatch): Promise<void> {
    for (let at = 0; at < lines.bytes.length;) {
      const readers = await this.#present()
      const given = await Promise.all(readers.map(reader => reader.give(lines, at, this.#signal)))
      const reached = Math.max(...given.map(({ at }) => at))
      this.#written += linesWithin(lines, at, reached)
      at = reached
    }
  }

  /** Those who are connected; waits for the first. */
  async #present(): Promise<readonly Peer[]> {
    for (;;) {
      this.#signal.throwIfAborted()
      const readers = [...this.#readers.keys()].filter(({ open }) => open)
      if (readers.length > 0) return readers
      this.#arrived = Promise.withResolvers()
      await unlessAborted(this.#signal, this.#arrived.promise)
    }
  }

  async #receive(socket: Socket): Promise<void> {
    const { remoteAddress: host = '', remotePort: port = 0 } = socket
    const name = addressText({ host, port })
    const reader = new Peer(socket)
    this.#readers.set(reader, name)
    this.#notices.push(`${name} reads`)
    this.#arrived.resolve()
    await reader.closed
    this.#readers.delete(reader)
    if (this.#signal.aborted) return
    this.#notices.push(`${name} left after ${linesText(reader.lines)}`)
    if (this.#readers.size === 0) this.#tellWaiting()
  }

  #tellWaiting(): void {
    this.#notices.push(`waits for a reader at ${this.name}`)
  }
}

/** Listens; fails with CONNECTION when that cannot be done. */
export async function listen({ host, port }: Address, { signal }: SinkDependencies): Promise<TcpServerSink> {
  const server = createServer(SOCKET)
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (cause) {
    const at = addressText({ host, port })
    const reason = systemCode(cause) === 'EADDRINUSE' ? 'the port is in use' : reasonOf(cause)
    throw new VisorError('CONNECTION', `cannot listen at ${at}: ${reason}`, { cause })
  }
  const bound = server.address()
  const taken = typeof bound === 'object' && bound ? bound.port : port
  return new TcpServerSink(server, addressText({ host, port: taken }), signal)
}
