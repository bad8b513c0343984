import { once } from 'node:events'
import { createConnection } from 'node:net'
import { addressText } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'
import type { LineBatch, Sink, SinkDependencies } from '../../core/sink.ts'
import { pause, unlessAborted } from '../abort.ts'
import type { Address } from './options.ts'
import { linesWithin, Peer } from './peer.ts'
import { SOCKET } from './socket.ts'

/** Milliseconds: how long the first connection is tried for, and the pauses between two tries. */
const PATIENCE = 5000
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5000

/**
 * Lines to whoever listens at an address. `write` resolves when the system has taken the lines, and connects again, as
 * often as it takes, when the connection was lost; whole lines follow.
 *
 * `written` counts lines that the system has taken whole. No line is sent twice: of those that were just being handed
 * over when the connection broke (64 KB) nobody knows whether they arrived; they are not sent again and not counted.
 * Lines that the system still held then are lost, though counted. What was not handed over is sent after it.
 */
export class TcpClientSink implements Sink {
  readonly framed = false
  readonly name: string
  readonly #address: Address
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #notices: string[] = []
  #peer: Peer
  #sending: Promise<void> = Promise.resolve()
  #written = 0
  #closed: Promise<void> | undefined

  constructor(address: Address, peer: Peer, signal: AbortSignal) {
    this.name = addressText(address)
    this.#address = address
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    this.#peer = peer
    void this.#watch(peer)
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
    await this.#peer.end()
    await this.#sending.catch(() => {})
  }

  async #send(lines: LineBatch): Promise<void> {
    for (let from = 0; from < lines.bytes.length;) {
      const peer = await this.#connected()
      const { at, tried } = await peer.give(lines, from, this.#signal)
      this.#written += linesWithin(lines, from, at)
      from = tried
    }
  }

  async #connected(): Promise<Peer> {
    this.#signal.throwIfAborted()
    if (this.#peer.open) return this.#peer
    this.#peer = await new Dialling(this.#address).connect(LONGEST_PAUSE, this.#signal)
    this.#notices.push(`connected to ${this.name} again`)
    void this.#watch(this.#peer)
    return this.#peer
  }

  async #watch(peer: Peer): Promise<void> {
    const cause = await peer.closed
    if (this.#signal.aborted) return
    const reason = cause ? reasonOf(cause) : 'the other side closed it'
    this.#notices.push(
      `lost the connection to ${this.name}: ${reason}; lines on their way may be lost, and it is tried again`
    )
  }
}

/** Tries to connect until it succeeds. */
class Dialling {
  readonly #address: Address
  /** Why it did not work yet. */
  cause: unknown

  constructor(address: Address) {
    this.#address = address
  }

  /** Pauses longer from try to try, up to `longest` milliseconds. Rejects only with the signal's reason. */
  async connect(longest: number, signal: AbortSignal): Promise<Peer> {
    for (let wait = FIRST_PAUSE; ; wait = Math.min(longest, 2 * wait)) {
      const socket = createConnection({ ...this.#address, ...SOCKET })
      try {
        await once(socket, 'connect', { signal })
        signal.throwIfAborted()
        return new Peer(socket)
      } catch (error) {
        socket.destroy()
        signal.throwIfAborted()
        this.cause = error
      }
      await pause(wait, signal)
    }
  }
}

/** Connects; fails with CONNECTION when that has not worked for five seconds. */
export async function connect(address: Address, { signal }: SinkDependencies): Promise<TcpClientSink> {
  const dialling = new Dialling(address)
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
    return new TcpClientSink(address, await dialling.connect(PATIENCE / 10, patience), signal)
  } catch {
    signal.throwIfAborted()
    const { cause } = dialling
    const reason = cause === undefined ? 'no answer' : reasonOf(cause)
    throw new VisorError('CONNECTION', `cannot connect to ${addressText(address)}: ${reason}`, { cause })
  }
}
