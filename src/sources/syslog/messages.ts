import { PlainMessages, type Messages } from '../net/framing.ts'
import { headerLength, LONGEST_HEADER } from './header.ts'

/** Hands on, as lines, what stands behind the header of syslog messages; whole messages where it cannot be read. */
export class SyslogMessages implements Messages {
  readonly #lines: PlainMessages
  /** The beginning of a message whose header is not taken off yet. */
  #begun: Uint8Array[] = []
  #length = 0
  #stripped = false

  constructor(push: (bytes: Uint8Array) => void) {
    this.#lines = new PlainMessages(push)
  }

  part(bytes: Uint8Array): void {
    if (this.#stripped) {
      this.#lines.part(bytes)
      return
    }
    this.#begun.push(bytes)
    this.#length += bytes.length
    if (this.#length >= LONGEST_HEADER) this.#strip()
  }

  end(): void {
    if (!this.#stripped) this.#strip()
    this.#lines.end()
    this.#stripped = false
  }

  finish(): void {
    if (!this.#stripped) this.#strip()
  }

  #strip(): void {
    const [first = new Uint8Array(0), ...more] = this.#begun
    const message = more.length === 0 ? first : Buffer.concat(this.#begun)
    this.#lines.part(message.subarray(headerLength(message)))
    this.#begun = []
    this.#length = 0
    this.#stripped = true
  }
}
