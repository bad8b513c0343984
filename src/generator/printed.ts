import type { Format } from '../core/format.ts'
import type { Printer, Roles } from '../core/parts.ts'
import type { LineBatch } from '../core/sink.ts'
import type { Micros } from '../core/time.ts'
import type { Draft } from './draft.ts'
import { quarterly } from './quarterly.ts'

/** Lines that are turned into bytes at once: short texts are copied quicker than long ones. */
const BATCH = 256

/** How many bytes a text of UTF-16 takes at most, for each of its units. */
const MAX_BYTES_PER_UNIT = 3

const encoder = new TextEncoder()

/** The lines of one log as they are printed: bytes that go to its sink. */
export class PrintedLog {
  readonly #printer: Printer
  readonly #zoneOf: (time: Micros) => number
  readonly #framed: boolean
  #text = ''
  #texts = 0
  #bytes: Uint8Array = new Uint8Array(1 << 20)
  #spare: Uint8Array = new Uint8Array(1 << 20)
  #length = 0
  #count = 0
  #ends: number[] = []
  #keys: (string | null)[] = []

  /** `zoneOf`: minutes east of UTC at a time; `framed`: for a sink that sends lines one by one. */
  constructor(format: Format, roles: Roles, zoneOf: (time: Micros) => number, framed: boolean) {
    this.#printer = format.printer(roles)
    this.#zoneOf = quarterly(zoneOf)
    this.#framed = framed
  }

  /** Prints a line. */
  add(draft: Draft): void {
    const { time, parts, own } = draft
    this.#text += `${draft.text ?? this.#printer.print(time, this.#zoneOf(time), parts, own)}\n`
    this.#count++
    if (this.#framed) {
      this.#keys.push(clientOf(draft))
      this.#encode()
      this.#ends.push(this.#length)
    } else if (++this.#texts === BATCH) this.#encode()
  }

  /** What was printed since the last time. It stays as it is until the time after the next. */
  take(): LineBatch {
    this.#encode()
    const bytes = this.#bytes.subarray(0, this.#length)
    const lines = { bytes, count: this.#count }
    const framed = this.#framed && { ends: Uint32Array.from(this.#ends), keys: this.#keys }
    ;[this.#bytes, this.#spare] = [this.#spare, this.#bytes]
    this.#length = this.#count = 0
    this.#ends = []
    this.#keys = []
    return { ...lines, ...framed }
  }

  #encode(): void {
    const needed = this.#length + this.#text.length * MAX_BYTES_PER_UNIT
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(2 * needed)
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#length += encoder.encodeInto(this.#text, this.#bytes.subarray(this.#length)).written
    this.#text = ''
    this.#texts = 0
  }
}

/** Who a line is about. */
function clientOf({ parts, own }: Draft): string | null {
  const client = parts[0]?.fields['client'] ?? own['client']
  return typeof client === 'string' ? client : null
}
