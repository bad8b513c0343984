import { PlainMessages, type MessageHandler } from '../net/framing.ts'

/** Bytes that a header may have; what goes on longer has none that can be read. */
const MAX_HEADER_BYTES = 4096

const PRIORITY = '<\\d{1,3}>'
const HOST = '[!-~]+'
/** `httpd[812]: `: the space is not part of the message. */
const TAG = '[^\\s:[\\]]+(?:\\[[^\\]\\s]*\\])?:(?: |$)'

/** `Oct  5 13:55:36`, as in RFC 3164, or as in RFC 3339, which some send instead. */
const TIME = [
  '[A-Z][a-z]{2} [ \\d]\\d (?:\\d{4} )?\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?',
  '\\d{4}-\\d\\d-\\d\\dT[\\d:.,]+(?:Z|[+-]\\d\\d:?\\d\\d)?'
].join('|')

/** RFC 3164: time, host, tag. Some send no host, some no tag. */
const OLD = new RegExp(`^${PRIORITY}(?:${TIME}) (?:${TAG}|${HOST} (?:${TAG})?)`)

/** RFC 5424: version, time, host, application, process, message id, structured data; then a byte order mark perhaps. */
const DATA = '-|(?:\\[(?:[^\\]"\\\\]|\\\\[^]|"(?:[^"\\\\]|\\\\[^])*")*\\])+'
const NEW = new RegExp(`^${PRIORITY}[1-9]\\d{0,2}(?: [!-~]+){5} (?:${DATA})(?: (?:\xef\xbb\xbf)?|$)`)

/** Length of the header that a syslog message begins with, of RFC 5424 or RFC 3164; 0 where none can be read. */
export function headerLength(message: Uint8Array): number {
  if (message[0] !== 0x3c) return 0
  const { buffer, byteOffset, length } = message
  const text = Buffer.from(buffer, byteOffset, Math.min(length, MAX_HEADER_BYTES)).toString('latin1')
  return (NEW.exec(text) ?? OLD.exec(text))?.[0].length ?? 0
}

/** Hands on, as lines, what stands behind the header of syslog messages; whole messages where it cannot be read. */
export class SyslogMessages implements MessageHandler {
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
    if (this.#length >= MAX_HEADER_BYTES) this.#strip()
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
