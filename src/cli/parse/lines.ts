import { setImmediate } from 'node:timers/promises'
import { VisorError } from '../../core/errors.ts'
import type { Format, FormatChoice } from '../../core/format.ts'
import { NO_COUNTERS, type Counters, type Stream } from '../../core/source.ts'
import { chooseFormat, choiceAfter } from '../../engines/embedded/choose.ts'
import { dateRows, readOnce } from '../../engines/embedded/scan.ts'
import { formatsFor, withBare } from '../../formats/index.ts'
import { BatchFilter, type Query } from '../../query/index.ts'
import { explain, NO_STATE, Scanner, type Scan, type ScanState } from '../../scanner/index.ts'
import { openBulk } from '../../sources/bulk/index.ts'
import { visible } from '../../core/visible.ts'
import { EventJson } from './event-json.ts'

export interface LineOptions {
  readonly format?: string
  readonly zone?: string
  /** Only events that pass are handed over; the counters count all lines. */
  readonly where?: Query | undefined
  /** Milliseconds since 1970: lines that tell no time have this one, where no line tells one. */
  readonly clock: () => number
  readonly signal: AbortSignal
}

/** Where the lines of a file go: events as lines of JSON, rejected lines as lines for people. */
export interface LineSink {
  events(json: string): Promise<void>
  rejected(text: string): Promise<void>
}

/** Reads a whole file (`-` is standard input) and hands every line of it to the sink; returns the counters. */
export async function readLines(path: string, options: LineOptions, sink: LineSink): Promise<Counters> {
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
    await source.close()
  }
  return reader?.counters ?? { ...NO_COUNTERS }
}

function readerFor(stream: Stream, options: LineOptions, sink: LineSink): LineReader | undefined {
  const chosen = chooseFormat(stream, options.format)
  if (chosen && 'choice' in chosen) return new LineReader(stream.name, chosen.choice, options, sink)
  if (chosen) throw new VisorError('FORMAT_UNKNOWN', `${stream.name}: ${chosen.problem}`)
  if (stream.finished || stream.pending < FIRST_LINE) return undefined
  throw new VisorError(
    'FORMAT_UNKNOWN',
    `${stream.name}: its first line does not end within ${FIRST_LINE} bytes`
  )
}

/** Bytes within which the first line must end for a format to be told. */
const FIRST_LINE = 65_536

/** What the lines of a choice of formats run through. */
interface Lane {
  readonly scanner: Scanner
  readonly formats: readonly Format[]
  /** For each format what writes its events. */
  readonly writers: readonly EventJson[]
  readonly filters: readonly BatchFilter[]
}

function laneOf(text: string, name: string, { zone, where }: LineOptions): Lane {
  const formats = withBare(formatsFor(text))
  const programs = formats.map(({ program }) => program)
  return {
    scanner: new Scanner(programs, zone === undefined ? {} : { zone }),
    formats,
    writers: formats.map(() => new EventJson()),
    filters: where ? formats.map(({ kind }) => new BatchFilter(where, { source: name, kind })) : []
  }
}

class LineReader {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly #name: string
  readonly #options: LineOptions
  readonly #sink: LineSink
  #choice: FormatChoice
  #lane: Lane
  #state: ScanState = NO_STATE
  /** Line ends before the bytes that are scanned next. */
  #lines = 0

  constructor(name: string, choice: FormatChoice, options: LineOptions, sink: LineSink) {
    this.#name = name
    this.#choice = choice
    this.#options = options
    this.#sink = sink
    this.#lane = laneOf(choice.text, name, options)
  }

  /** Takes what the stream offers. */
  async read(stream: Stream): Promise<void> {
    const { scanner } = this.#lane
    const choice = this.#choice
    let events = ''
    let reasons = ''
    scanner.state = this.#state
    const { consumed } = readOnce(
      stream,
      scanner,
      () => false,
      scan => {
        events += this.#events(scan)
        reasons += this.#reasons(scan)
        if (scan.directiveLine) this.#choice = choiceAfter(scan.directiveLine, choice)
        return this.#choice === choice
      }
    )
    this.counters.bytes += consumed
    this.#state = scanner.state
    if (this.#choice !== choice) this.#lane = laneOf(this.#choice.text, this.#name, this.#options)
    if (events !== '') await this.#sink.events(events)
    if (reasons !== '') await this.#sink.rejected(reasons)
  }

  /** The events of a scan in the order of their lines. */
  #events({ batches }: Scan): string {
    const { scanner, writers, filters } = this.#lane
    const now = this.#options.clock() * 1000
    const written = batches.flatMap((batch, form) => {
      dateRows(batch, now)
      this.counters.parsed += batch.rows
      this.counters.read += batch.rows
      const passed = filters[form]?.select(batch) ?? batch
      const lines = writers[form]?.write(passed) ?? []
      return lines.map((line, row) => ({ line, start: passed.start[row] ?? 0 }))
    })
    if (batches.length > 1) written.sort((a, b) => a.start - b.start)
    scanner.dictionaries.forEach((dictionaries, form) => {
      for (const dictionary of dictionaries.values()) {
        if (!dictionary.full) continue
        dictionary.rotate([])
        writers[form]?.forget(dictionary.field)
      }
    })
    return written.map(({ line }) => line).join('')
  }

  /** A line for each rejected one, and moves the count of lines on behind the scanned bytes. */
  #reasons({ rejected, consumed }: Scan): string {
    const { scanner, formats } = this.#lane
    const bytes = scanner.bytes(0, consumed)
    const programs = formats.map(({ program }) => program)
    let text = ''
    let at = 0
    this.counters.rejected += rejected.length
    this.counters.read += rejected.length
    for (const rejection of rejected) {
      const { start, length } = rejection
      this.#lines += lineEnds(bytes, at, start)
      at = start
      const line = lineText(bytes.subarray(start, start + length))
      text += visible(`${this.#name}:${this.#lines + 1}: ${explain(rejection, programs)}: ${line}`) + '\n'
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
