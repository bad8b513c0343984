import type { Server, Socket } from 'node:net'
import { addressText, type Address } from '../../core/address.ts'
import type { Problem } from '../../core/source.ts'
import { counted, formatCount } from '../../core/units.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import { LISTEN_RETRY_INTERVAL, listenReasonOf } from '../../system/socket.ts'
import type { LineReceiver } from './receiver.ts'
import type { Refusals } from './refusals.ts'

export interface ListenerOptions {
  readonly listen: Address
  readonly connections: number
  readonly allow?: readonly string[] | undefined
}

/** Keeps a server listening, and away from it those who may not connect. */
export class Listener implements LineReceiver {
  readonly #refusals: Refusals
  readonly #server: Server
  readonly #options: ListenerOptions
  readonly #open = new Set<Socket>()
  readonly #allows: (address: string) => boolean
  #problem: string | undefined
  #again: NodeJS.Timeout | undefined

  /** `server` is not listening yet: one of node:net, node:tls, node:http or node:https. */
  constructor(server: Server, options: ListenerOptions, refusals: Refusals) {
    this.#refusals = refusals
    this.#server = server
    this.#options = options
    this.#allows = rangeMatcher(options.allow)
    server.maxConnections = options.connections
    server.on('connection', socket => this.#admit(socket))
    server.on('drop', () => this.crowded())
    server.on('error', error => this.#fail(error))
    server.on('listening', () => (this.#problem = undefined))
  }

  start(): void {
    // A server that listens may fail too: when the process has no descriptor left for a connection.
    if (this.#server.listening) this.#problem = undefined
    else this.#server.listen(this.#options.listen)
  }

  stop(): void {
    clearTimeout(this.#again)
    this.#server.close()
  }

  /** A connection was refused because there are as many as may be. */
  crowded(): void {
    const most = formatCount(this.#options.connections)
    this.#refusals.add(
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
    return listens + open + this.#refusals.text()
  }

  problems(): Problem[] {
    const losses = this.#refusals.problems(this.address)
    return this.#problem === undefined ? losses : [{ name: this.address, message: this.#problem }, ...losses]
  }

  #admit(socket: Socket): void {
    if (!this.#allows(socket.remoteAddress ?? '')) {
      this.#refusals.add('refused: address not allowed')
      socket.destroy()
      return
    }
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }

  #fail(error: Error): void {
    this.#problem = `cannot listen: ${listenReasonOf(error)}; it is tried again`
    this.#again = setTimeout(() => this.start(), LISTEN_RETRY_INTERVAL)
  }
}
