import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Address } from '../../core/address.ts'
import type { Problem } from '../../core/source.ts'
import type { Inbox } from '../inbox.ts'
import { peerOf, SOCKET, takeIn, type ConnectionOptions } from './connection.ts'
import { Listener } from './listener.ts'
import type { Receiver } from './receiver.ts'
import { Refusals } from './refusals.ts'
import type { TlsOptions } from './settings.ts'

/** Milliseconds that a connection has to agree on its encryption. */
const HANDSHAKE = 10_000

export interface TcpServerOptions extends ConnectionOptions {
  readonly listen: Address
  readonly connections: number
  readonly allow?: readonly string[] | undefined
  readonly tls?: TlsOptions | undefined
}

/** A port that lines are sent to; each connection is a stream. */
export class TcpServer implements Receiver {
  readonly #inbox: Inbox
  readonly #options: TcpServerOptions
  readonly #refusals: Refusals
  readonly #listener: Listener

  constructor(inbox: Inbox, options: TcpServerOptions, clock: () => number) {
    this.#inbox = inbox
    this.#options = options
    this.#refusals = new Refusals(clock)
    this.#listener = new Listener(this.#server(), options, this.#refusals)
  }

  start(): void {
    this.#listener.start()
  }

  stop(): void {
    this.#listener.stop()
  }

  close(): void {
    this.#listener.close()
  }

  state(): string {
    return this.#listener.state()
  }

  problems(): readonly Problem[] {
    return this.#listener.problems()
  }

  #server(): Server {
    const { tls } = this.#options
    if (!tls) {
      const server = createServer(SOCKET)
      return server.on('connection', socket => this.#take(socket))
    }
    const verify = tls.ca !== undefined
    const server = createTlsServer({
      ...tls,
      ...SOCKET,
      requestCert: verify,
      rejectUnauthorized: verify,
      handshakeTimeout: HANDSHAKE
    })
    server.on('tlsClientError', (_, socket) => this.#refuse(socket))
    return server.on('secureConnection', socket => this.#take(socket))
  }

  #take(socket: Socket): void {
    // Who is not allowed was turned away already.
    if (socket.destroyed) return
    // As many again may be over and not read yet: more would pile up while the store is slow.
    if (this.#inbox.size >= 2 * this.#options.connections) {
      this.#listener.crowded()
      socket.destroy()
      return
    }
    void takeIn(socket, this.#inbox.open(peerOf(socket)), this.#options)
  }

  #refuse(socket: TLSSocket): void {
    this.#refusals.add('refused: no agreement on TLS')
    socket.destroy()
  }
}
