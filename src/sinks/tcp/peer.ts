import type { Socket } from 'node:net'
import type { LineBatch } from '../../core/sink.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { countLineEnds, endOfLine, lastLineEnd } from '../bytes.ts'

/**
 * Bytes that are handed over at once, longer lines apart. When a connection breaks, nothing is known of the lines that
 * were just being handed over: so few of them, but not so few that the calls weigh.
 */
const MAX_PIECE_BYTES = 65_536

/** How long the other side has to take the rest when the connection is closed. */
const CLOSE_TIMEOUT: Millis = SECOND_MS

/** Who takes lines over TCP. It holds one piece of them at a time; all else waits with who gives them. */
export class Peer {
  /** Resolves when the connection is closed, with the error that it broke with, if any. */
  readonly closed: Promise<Error | undefined>
  /** Whole lines that it was given: that the system has taken for it. */
  lines = 0
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    let cause: Error | undefined
    socket.on('error', error => (cause = error))
    this.closed = new Promise(done => socket.once('close', () => done(cause)))
    // What it sends is of no interest, but that it ends: whoever shuts its side has left.
    socket.resume().on('end', () => socket.destroy())
  }

  get open(): boolean {
    return !this.#socket.destroyed
  }

  /**
   * Gives it the lines from offset `from` on, until all are given, it leaves, or the signal aborts. Resolves with the line
   * ends up to which the system has taken them, and up to which they may have left (`tried`). Never rejects.
   */
  async give({ bytes, count }: LineBatch, from: number, signal: AbortSignal) {
    let at = from
    let tried = from
    while (at < bytes.length && this.open && !signal.aborted) {
      tried = endOfPiece(bytes, at)
      if (!(await this.#hand(bytes.subarray(at, tried)))) break
      at = tried
    }
    this.lines += linesWithin({ bytes, count }, from, at)
    return { at, tried }
  }

  /** Waits a second at the most until it has taken what was handed over, and closes. */
  async end(): Promise<void> {
    const late = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT)
    this.#socket.end()
    await this.closed
    clearTimeout(late)
  }

  /** Whether the system has taken all of it; when not, the connection is over. */
  #hand(bytes: Uint8Array): Promise<boolean> {
    return new Promise(done => {
      this.#socket.write(bytes, error => {
        // Node calls back first, and would have it look open until it comes to closing it.
        if (error) this.#socket.destroy()
        done(!error)
      })
    })
  }
}

/** How many of the lines are within `[from, to)`. */
export function linesWithin({ bytes, count }: LineBatch, from: number, to: number): number {
  return from === 0 && to === bytes.length ? count : countLineEnds(bytes, from, to)
}

function endOfPiece(bytes: Uint8Array, from: number): number {
  const most = from + MAX_PIECE_BYTES
  if (most >= bytes.length) return bytes.length
  const end = lastLineEnd(bytes, from, most)
  return end > from ? end : endOfLine(bytes, most)
}
