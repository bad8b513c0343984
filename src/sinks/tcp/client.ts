import { once } from 'node:events'
import { createConnection } from 'node:net'
import { addressText, type Address } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { reasonOf } from '../../system/reason.ts'
import { SOCKET_OPTIONS } from '../../system/socket.ts'
import type { LineBatch, Sink, SinkDependencies } from '../../core/sink.ts'
import { pause } from '../../system/abort.ts'
import { linesWithin, Peer } from './peer.ts'
import { TcpSink } from './sink.ts'

/** How long the first connection is tried for, and the pauses between two tries. */
const CONNECT_TIMEOUT: Millis = 5 * SECOND_MS
const FIRST_PAUSE: Millis = 100
const MAX_PAUSE: Millis = 5 * SECOND_MS

/**
 * Lines to whoever listens at an address. `write` resolves when the system has taken the lines, and connects again, as
 * often as it takes, when the connection was lost; whole lines follow.
 *
 * `written` counts lines that the system has taken whole. No line is sent twice: of those that were just being handed
 * over when the connection broke (64 KB) nobody knows whether they arrived; they are not sent again and not counted.
 * Lines that the system still held then are lost, though counted. What was not handed over is sent after it.
 */
class TcpClientSink extends TcpSink {
  readonly name: string
  readonly #address: Address
  #peer: Peer

  constructor(address: Address, peer: Peer, signal: AbortSignal) {
    super(signal)
    this.name = addressText(address)
    this.#address = address
    this.#peer = peer
    void this.#watch(peer)
  }

  protected disconnect(): Promise<void> {
    return this.#peer.end()
  }

  protected async send(lines: LineBatch): Promise<void> {
    for (let from = 0; from < lines.bytes.length;) {
      const peer = await this.#connected()
      const { at, tried } = await peer.give(lines, from, this.signal)
      this.written += linesWithin(lines, from, at)
      from = tried
    }
  }

  async #connected(): Promise<Peer> {
    this.signal.throwIfAborted()
    if (this.#peer.open) return this.#peer
    this.#peer = await dial(this.#address, MAX_PAUSE, this.signal)
    this.warn(`connected to ${this.name} again`)
    void this.#watch(this.#peer)
    return this.#peer
  }

  async #watch(peer: Peer): Promise<void> {
    const cause = await peer.closed
    if (this.signal.aborted) return
    const reason = cause ? reasonOf(cause) : 'the other side closed it'
    this.warn(
      `lost the connection to ${this.name}: ${reason}; lines on their way may be lost, and it is tried again`
    )
  }
}

/**
 * Tries to connect until it succeeds, with pauses that get longer from try to try, up to `maxPause`; `failed` is given the
 * error of each try. Rejects only with the signal's reason.
 */
async function dial(
  address: Address,
  maxPause: Millis,
  signal: AbortSignal,
  failed?: (cause: unknown) => void
): Promise<Peer> {
  for (let wait = FIRST_PAUSE; ; wait = Math.min(maxPause, 2 * wait)) {
    const socket = createConnection({ ...address, ...SOCKET_OPTIONS })
    try {
      await once(socket, 'connect', { signal })
      signal.throwIfAborted()
      return new Peer(socket)
    } catch (error) {
      socket.destroy()
      signal.throwIfAborted()
      failed?.(error)
    }
    await pause(wait, signal)
  }
}

/** Connects; fails with CONNECTION when that has not worked for five seconds. */
export async function connect(address: Address, { signal }: SinkDependencies): Promise<Sink> {
  let cause: unknown
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT)])
    const peer = await dial(address, CONNECT_TIMEOUT / 10, patience, error => (cause = error))
    return new TcpClientSink(address, peer, signal)
  } catch {
    signal.throwIfAborted()
    const reason = cause === undefined ? 'no answer' : reasonOf(cause)
    throw new VisorError('CONNECTION', `cannot connect to ${addressText(address)}: ${reason}`, { cause })
  }
}
