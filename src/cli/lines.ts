import { setImmediate } from 'node:timers/promises'
import type { Rejection } from '../core/batch.ts'
import { VisorError } from '../core/errors.ts'
import { NO_LINES, type Books, type Stream } from '../core/source.ts'
import { chooseFormat } from '../engines/embedded/choose.ts'
import { formatFor } from '../formats/index.ts'
import { explain, Scanner, type Scan } from '../scanner/index.ts'
import { openBulk } from '../sources/bulk/index.ts'
import { visible } from '../reports/visible.ts'
import { EventJson } from './event-json.ts'

export interface LineOptions {
  readonly format?: string
  readonly zone?: string
  readonly signal: AbortSignal
}

/** Where the lines of a file go: events as lines of JSON, rejected lines as lines for people. */
export interface LineSink {
  events(json: string): Promise<void>
  rejected(text: string): Promise<void>
}

/** Reads a whole file (`-` is standard input) and hands every line of it to the sink; returns the books. */
export async function readLines(path: string, options: LineOptions, sink: LineSink): Promise<Books> {
  const source = openBulk(path)
  let reader: LineReader | undefined
  try {
    for await (const streams of source.ready(options.signal)) {
      for (const stream of streams) {
        reader ??= readerFor(stream, options, sink)
        await reader?.read(stream)
      }
      // A turn of the loop, in which a signal can arrive.
      await setImmediate()
      options.signal.throwIfAborted()
    }
    options.signal.throwIfAborted()
  } finally {
    source.close()
  }
  return reader?.books ?? { ...NO_LINES }
}

function readerFor(stream: Stream, options: LineOptions, sink: LineSink): LineReader | undefined {
  const chosen = chooseFormat(stream, options.format)
  if (chosen && 'choice' in chosen) return new LineReader(stream.name, chosen.choice.text, options.zone, sink)
  if (chosen) throw new VisorError('FORMAT_UNKNOWN', `${stream.name}: ${chosen.problem}`)
  if (stream.finished || stream.pending < FIRST_LINE) return undefined
  throw new VisorError(
    'FORMAT_UNKNOWN',
    `${stream.name}: its first line does not end within ${FIRST_LINE} bytes`
  )
}

/** Bytes within which the first line must end for a format to be told. */
const FIRST_LINE = 65_536

class LineReader {
  readonly books: Books = { ...NO_LINES }
  readonly #name: string
  readonly #format
  readonly #scanner: Scanner
  readonly #json = new EventJson()
  readonly #sink: LineSink
  /** Line ends before the bytes that are scanned next. */
  #lines = 0

  constructor(name: string, format: string, zone: string | undefined, sink: LineSink) {
    this.#name = name
    this.#format = formatFor(format)
    this.#scanner = new Scanner(this.#format.program, zone === undefined ? {} : { zone })
    this.#sink = sink
  }

  /** Takes what the stream offers. */
  async read(stream: Stream): Promise<void> {
    const got = stream.read(this.#scanner.input())
    this.#scanner.filled(got)
    stream.advance(got)
    this.books.bytes += got
    for (let more = true; more;) {
      const scan = this.#scanner.scan(stream.finished && stream.pending === 0)
      more = scan.more
      await this.#take(scan)
    }
  }

  async #take({ batch, rejected, consumed }: Scan): Promise<void> {
    this.books.parsed += batch.rows
    this.books.rejected += rejected.length
    this.books.read += batch.rows + rejected.length
    const json = this.#json.write(batch)
    const reasons = this.#reasons(rejected, consumed)
    for (const dictionary of this.#scanner.dictionaries.values())
      if (dictionary.full) {
        this.#scanner.rotate(dictionary.field, [])
        this.#json.forget(dictionary.field)
      }
    if (json !== '') await this.#sink.events(json)
    if (reasons !== '') await this.#sink.rejected(reasons)
  }

  /** A line for each rejected one, and moves the count of lines on behind the scanned bytes. */
  #reasons(rejected: readonly Rejection[], consumed: number): string {
    const bytes = this.#scanner.bytes(0, consumed)
    let text = ''
    let at = 0
    for (const rejection of rejected) {
      const { start, length } = rejection
      this.#lines += lineEnds(bytes, at, start)
      at = start
      const reason = explain(rejection, this.#format.program)
      text +=
        visible(
          `${this.#name}:${this.#lines + 1}: ${reason}: ${lineText(bytes.subarray(start, start + length))}`
        ) + '\n'
    }
    this.#lines += lineEnds(bytes, at, consumed)
    return text
  }
}

function lineEnds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i++) if (bytes[i] === 10) count++
  return count
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes as text; where they are no UTF-8, every byte that is not ASCII as `\xHH`. */
function lineText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return Array.from(bytes, byte =>
      byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`
    ).join('')
  }
}
