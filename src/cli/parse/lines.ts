import type { Format } from '../../core/format.ts'
import { NO_COUNTERS, type Counters, type Stream } from '../../core/source.ts'
import { toMicros, type Clock } from '../../core/time.ts'
import { visible } from '../../core/visible.ts'
import { scrubOf } from '../../privacy/scrub.ts'
import type { ScrubSettings } from '../../privacy/settings.ts'
import { BatchFilter, type Query } from '../../query/index.ts'
import { readFile } from '../../reading/file.ts'
import { LineNumbers } from '../../reading/line-numbers.ts'
import {
  Pipelines,
  readOnce,
  rejectionReason,
  type FormatSlot,
  type LineConsumer,
  type Pipeline,
  type ReadingState
} from '../../reading/pipeline.ts'
import { NO_STATE, type Scan } from '../../scanner/index.ts'
import { EventJson, type EventSchema } from './event-json.ts'

interface LineOptions {
  readonly format?: string
  readonly zone?: string
  /** Only events that pass are handed over; the counters count all lines. */
  readonly where?: Query | undefined
  /** Whose names events have. */
  readonly schema?: EventSchema
  /** What of lines is masked; secrets when absent. */
  readonly scrub?: ScrubSettings
  /** Dates lines without a time where no line has one. */
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Where the lines of a file go: events as lines of JSON, rejected lines as lines for people. */
interface LineSink {
  events(json: string): Promise<void>
  rejected(text: string): Promise<void>
}

/**
 * Reads a whole file (`-` is standard input) and hands every line of it to the sink; returns the counters.
 * @throws VisorError as `readFile` does, and the signal's reason
 */
export async function readLines(path: string, options: LineOptions, sink: LineSink): Promise<Counters> {
  const { format, signal } = options
  let printer: LinePrinter | undefined
  for await (const { stream, choice } of readFile(path, { format, signal })) {
    printer ??= new LinePrinter(stream.name, { choice, scan: NO_STATE }, options)
    await printer.read(stream, sink)
    signal.throwIfAborted()
  }
  signal.throwIfAborted()
  return printer?.counters ?? { ...NO_COUNTERS }
}

/** What the lines of one format are printed with. */
interface PrintedSlot extends FormatSlot {
  readonly writer: EventJson
  readonly filter: BatchFilter | undefined
}

class LinePrinter implements LineConsumer<PrintedSlot> {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly #name: string
  readonly #state: ReadingState
  readonly #pipelines: Pipelines<PrintedSlot>
  readonly #clock: Clock
  readonly #lines = new LineNumbers()
  #events = ''
  #rejected = ''

  constructor(name: string, state: ReadingState, { zone, where, schema, scrub = true, clock }: LineOptions) {
    const slotOf = (format: Format): PrintedSlot => ({
      format,
      writer: new EventJson(schema),
      filter: where && new BatchFilter(where, { source: name, kind: format.kind })
    })
    this.#name = name
    this.#state = state
    this.#pipelines = new Pipelines(slotOf, {
      scrub: scrubOf(scrub),
      ...(zone !== undefined && { zone })
    })
    this.#clock = clock
  }

  /** Takes what the stream offers. */
  async read(stream: Stream, sink: LineSink): Promise<void> {
    readOnce(stream, this.#pipelines, this.#state, this, { now: toMicros(this.#clock()) })
    const [events, rejected] = [this.#events, this.#rejected]
    this.#events = this.#rejected = ''
    if (events !== '') await sink.events(events)
    if (rejected !== '') await sink.rejected(rejected)
  }

  take(scan: Scan, pipeline: Pipeline<PrintedSlot>): void {
    const { scanner, slots } = pipeline
    const { batches, rejected } = scan
    const numbers = this.#lines.pass(scan, scanner)
    const written = batches.flatMap((batch, i) => {
      const passed = slots[i]?.filter?.select(batch) ?? batch
      const lines = slots[i]?.writer.write(passed) ?? []
      return lines.map((line, row) => ({ line, start: passed.start[row] ?? 0 }))
    })
    if (batches.length > 1) written.sort((a, b) => a.start - b.start)
    this.#events += written.map(({ line }) => line).join('')
    for (const [i, rejection] of rejected.entries()) {
      const line = lineText(scanner.bytes(rejection.start, rejection.length))
      const reason = rejectionReason(rejection, pipeline)
      this.#rejected += `${visible(`${this.#name}:${numbers[i]}: ${reason}: ${line}`)}\n`
    }
  }

  flush({ slots }: Pipeline<PrintedSlot>): void {
    for (const { writer } of slots) writer.forget()
  }
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
