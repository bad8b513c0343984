/** Takes the messages of a connection, in pieces. */
export interface MessageHandler {
  /** The next bytes of a message. */
  part(bytes: Uint8Array): void
  /** The message is complete. */
  end(): void
  /** No more comes: what was begun stays half a message. */
  finish(): void
}

/** Tells apart the messages in the bytes of a connection, however they are cut. */
export interface Framing {
  take(chunk: Uint8Array): void
  /** No more bytes come. */
  finish(): void
}

const LF = 10
const SPACE = 32
const MAX_LENGTH_DIGITS = 9

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57

/**
 * RFC 6587: a message that begins with a digit begins with its length (`LEN SP MSG`), another one ends with its line. Line
 * ends between messages are skipped.
 */
export class CountedFraming implements Framing {
  readonly #messages: MessageHandler
  /** Where it stands: between messages, in the digits of a length, in a message of so many bytes, in a line. */
  #state: 'between' | 'length' | 'counted' | 'line' = 'between'
  #digits: number[] = []
  #left = 0

  constructor(messages: MessageHandler) {
    this.#messages = messages
  }

  take(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) at = this.#step(chunk, at)
  }

  finish(): void {
    if (this.#state === 'length') this.#messages.part(Uint8Array.from(this.#digits))
    this.#messages.finish()
  }

  /** Goes on at a byte; returns where the next step does. */
  #step(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] ?? LF
    switch (this.#state) {
      case 'between':
        if (byte === LF) return at + 1
        this.#digits = []
        // A length does not begin with 0.
        this.#state = isDigit(byte) && byte !== 48 ? 'length' : 'line'
        return at
      case 'length':
        return this.#length(byte, at)
      case 'counted':
        return this.#counted(chunk, at)
      default:
        return this.#line(chunk, at)
    }
  }

  #line(chunk: Uint8Array, from: number): number {
    const found = chunk.indexOf(LF, from)
    const end = found < 0 ? chunk.length : found
    this.#messages.part(chunk.subarray(from, end))
    if (found < 0) return end
    this.#messages.end()
    this.#state = 'between'
    return end + 1
  }

  #length(byte: number, at: number): number {
    if (isDigit(byte) && this.#digits.length < MAX_LENGTH_DIGITS) {
      this.#digits.push(byte)
      return at + 1
    }
    if (byte === SPACE) {
      this.#left = Number(String.fromCharCode(...this.#digits))
      this.#state = 'counted'
      return at + 1
    }
    // No length after all: a line that begins with digits.
    this.#messages.part(Uint8Array.from(this.#digits))
    this.#state = 'line'
    return at
  }

  #counted(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + this.#left)
    this.#messages.part(part)
    this.#left -= part.length
    if (this.#left === 0) {
      this.#messages.end()
      this.#state = 'between'
    }
    return at + part.length
  }
}

/** Hands messages on as lines. */
export class PlainMessages implements MessageHandler {
  readonly #push: (bytes: Uint8Array) => void
  #last = LF

  constructor(push: (bytes: Uint8Array) => void) {
    this.#push = push
  }

  part(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#push(bytes)
    this.#last = bytes.at(-1) ?? LF
  }

  end(): void {
    if (this.#last !== LF) this.part(Uint8Array.of(LF))
  }

  finish(): void {}
}
