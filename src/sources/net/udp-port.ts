import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type * as z from 'zod'
import { addressText, type Address } from '../../core/address.ts'
import type { Problem } from '../../core/source.ts'
import type { Clock } from '../../core/time.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import type { Inbox, InboxStream } from '../inbox.ts'
import type { MessageHandler } from './framing.ts'
import { PortErrors } from './port-errors.ts'
import type { ListenerOptions } from './listener.ts'
import type { LineReceiver } from './receiver.ts'
import type { datagramSettings } from './settings.ts'

type UdpPortOptions = Omit<ListenerOptions, 'connections'> & z.output<z.ZodObject<typeof datagramSettings>>

/** A port that datagrams are sent to, each a message; all of them are one stream. */
export class UdpPort implements LineReceiver {
  readonly #options: UdpPortOptions
  readonly #allows: (address: string) => boolean
  readonly #errors: PortErrors
  readonly #stream: InboxStream
  readonly #messages: MessageHandler
  #socket: Socket | undefined

  constructor(
    inbox: Inbox,
    options: UdpPortOptions,
    clock: Clock,
    messages: (push: (bytes: Uint8Array) => void) => MessageHandler
  ) {
    this.#options = options
    this.#allows = rangeMatcher(options.allow)
    this.#errors = new PortErrors(clock)
    this.#stream = inbox.open(addressText(options.listen))
    this.#messages = messages(bytes => this.#stream.push(bytes))
  }

  start(): void {
    const { listen, receive } = this.#options
    const type = isIPv6(listen.host) ? 'udp6' : 'udp4'
    const socket = createSocket({ type, ...(receive !== undefined && { recvBufferSize: receive }) })
    socket.on('message', (datagram, from) => this.#take(datagram, from))
    socket.on('error', error => this.#fail(socket, error))
    socket.bind({ address: listen.host, port: listen.port }, () => {
      this.#socket = socket
      this.#errors.listening()
    })
  }

  /** What comes in goes on being taken, until the stream is full for good: the port has no queue of its own. */
  stop(): void {
    this.#errors.stop()
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
  }

  state(): string {
    const at = addressText(this.#address())
    return `${this.#socket ? 'listens' : 'does not listen'} at ${at} (UDP)${this.#errors.text()}`
  }

  problems(): Problem[] {
    return this.#errors.problems(addressText(this.#address()))
  }

  #address(): Address {
    const { host, port } = this.#options.listen
    return { host, port: this.#socket?.address().port ?? port }
  }

  #take(datagram: Uint8Array, { address }: RemoteInfo): void {
    if (!this.#allows(address)) this.#errors.refused('datagrams refused: address not allowed')
    else if (this.#stream.sealed || this.#stream.pending + datagram.length > this.#options.buffer)
      this.#errors.refused('datagrams dropped', 'datagrams are dropped: they come faster than they are read')
    else {
      this.#messages.part(datagram)
      this.#messages.end()
    }
  }

  #fail(socket: Socket, error: Error): void {
    socket.close()
    this.#socket = undefined
    this.#errors.failed(error, () => this.start())
  }
}
