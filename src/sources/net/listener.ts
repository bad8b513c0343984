import type { Server, Socket } from 'node:net'
import { addressText, type Address } from '../../core/address.ts'
import type { Problem } from '../../core/source.ts'
import { counted, formatCount } from '../../core/units.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import type { PortErrors } from './port-errors.ts'
import type { LineReceiver } from './receiver.ts'

export interface ListenerOptions {
  readonly listen: Address
  readonly connections: number
  readonly allow?: readonly string[] | undefined
}

/** Keeps a server listening, and away from it those who may not connect. */
export class Listener implements LineReceiver {
  readonly #errors: PortErrors
  readonly #server: Server
  readonly #options: ListenerOptions
  readonly #open = new Set<Socket>()
  readonly #allows: (address: string) => boolean

  /** `server` is not listening yet: one of node:net, node:tls, node:http or node:https. */
  constructor(server: Server, options: ListenerOptions, errors: PortErrors) {
    this.#errors = errors
    this.#server = server
    this.#options = options
    this.#allows = rangeMatcher(options.allow)
    server.maxConnections = options.connections
    server.on('connection', socket => this.#admit(socket))
    server.on('drop', () => this.crowded())
    server.on('error', error => errors.failed(error, () => this.start()))
    server.on('listening', () => errors.listening())
  }

  start(): void {
    // A server that listens may fail too: when the process has no descriptor left for a connection.
    if (this.#server.listening) this.#errors.listening()
    else this.#server.listen(this.#options.listen)
  }

  stop(): void {
    this.#errors.stop()
    this.#server.close()
  }

  /** A connection was refused because there are as many as may be. */
  crowded(): void {
    const most = formatCount(this.#options.connections)
    this.#errors.refused(
      'refused: too many',
      `connections are refused: there are ${most}, the most that may be`
    )
  }

  /** Ends all connections. */
  close(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** Where it listens; with the port that was free where any was asked for. */
  get address(): string {
    const bound = this.#server.address()
    const { host, port } = this.#options.listen
    return addressText({ host, port: typeof bound === 'object' && bound ? bound.port : port })
  }

  /** `listens at 127.0.0.1:5514, 3 connections`. */
  state(): string {
    const open = `, ${counted(this.#open.size, 'connection')}`
    const listens = this.#server.listening
      ? `listens at ${this.address}`
      : `does not listen at ${this.address}`
    return listens + open + this.#errors.text()
  }

  refused(): Readonly<Record<string, number>> {
    return this.#errors.counts
  }

  problems(): Problem[] {
    return this.#errors.problems(this.address)
  }

  #admit(socket: Socket): void {
    if (!this.#allows(socket.remoteAddress ?? '')) {
      this.#errors.refused('refused: address not allowed')
      socket.destroy()
      return
    }
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }
}
