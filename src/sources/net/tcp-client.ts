import { createConnection, isIP, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { addressText, type Address } from '../../core/address.ts'
import type { Problem } from '../../core/source.ts'
import type { Inbox } from '../inbox.ts'
import { reasonOf } from '../../system/reason.ts'
import { retryDelay } from '../../system/retry.ts'
import { SOCKET_OPTIONS } from '../../system/socket.ts'
import { takeIn, type ConnectionOptions } from './connection.ts'
import type { LineReceiver } from './receiver.ts'
import type { TlsOptions } from './settings.ts'

export interface TcpClientOptions extends ConnectionOptions {
  readonly connect: Address
  readonly tls?: TlsOptions | undefined
}

/** A connection to whoever sends lines; made again when it is lost, each time as another stream. */
export class TcpClient implements LineReceiver {
  readonly #inbox: Inbox
  readonly #options: TcpClientOptions
  readonly #random: () => number
  readonly #name: string
  readonly #stop = new AbortController()
  #socket: Socket | undefined
  #connected = false
  #problem: string | undefined

  constructor(inbox: Inbox, options: TcpClientOptions, random: () => number) {
    this.#inbox = inbox
    this.#options = options
    this.#random = random
    this.#name = addressText(options.connect)
  }

  start(): void {
    void this.#keepConnected()
  }

  /** Connects no more; the connection that there is goes on. */
  stop(): void {
    this.#stop.abort()
    if (!this.#connected) this.close()
  }

  close(): void {
    this.#socket?.destroy()
  }

  state(): string {
    return this.#connected ? `connected to ${this.#name}` : `not connected to ${this.#name}`
  }

  problems(): readonly Problem[] {
    return this.#problem === undefined ? [] : [{ name: this.#name, message: this.#problem }]
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#stop
    for (let tries = 0; !signal.aborted; tries++) {
      const { came, cause } = await this.#connection()
      if (came) tries = 0
      const reason = cause ? reasonOf(cause) : 'the other side has closed the connection'
      this.#problem = `${reason}; it is tried again`
      await setTimeout(retryDelay(tries, this.#random), undefined, { signal }).catch(() => {})
    }
  }

  /** One connection from its beginning to its end; resolves with whether anything came of it. */
  async #connection(): Promise<{ came: boolean; cause: Error | undefined }> {
    const socket = this.#dial()
    const stream = this.#inbox.open(this.#name)
    this.#socket = socket
    socket.once(this.#options.tls ? 'secureConnect' : 'connect', () => {
      this.#connected = true
      this.#problem = undefined
    })
    const cause = await takeIn(socket, stream, this.#options)
    this.#connected = false
    return { came: stream.end > 0, cause }
  }

  #dial(): Socket {
    const { connect, tls } = this.#options
    if (!tls) return createConnection({ ...connect, ...SOCKET_OPTIONS })
    const servername = isIP(connect.host) > 0 ? '' : connect.host
    return connectTls({ ...connect, ...tls, ...SOCKET_OPTIONS, servername })
  }
}
