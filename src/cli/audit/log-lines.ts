import { NO_COUNTERS, type Counters } from '../../core/source.ts'
import { toMicros, type Micros } from '../../core/time.ts'
import type { Format, FormatChoice } from '../../core/format.ts'
import { scrubOf } from '../../privacy/scrub.ts'
import type { ScrubSettings } from '../../privacy/settings.ts'
import { readFile } from '../../reading/file.ts'
import {
  Pipelines,
  readOnce,
  type FormatSlot,
  type LineConsumer,
  type Pipeline,
  type ReadingState
} from '../../reading/pipeline.ts'
import { NO_STATE, type Scan } from '../../scanner/index.ts'
import type { ByteRange } from '../../sources/index.ts'
import { LineDigests } from '../../store/questions/digests.ts'
import { CLASSES, type LineClass, type LogLines } from './comparison.ts'

/** So many lines are handed over at once. */
const LINES_AT_ONCE = 50_000

/** How a piece of a log is read. */
export interface PieceReader {
  readonly path: string
  readonly piece: number
  readonly format: string | undefined
  readonly zone: string | undefined
  /** What of its lines is masked. */
  readonly scrub: ScrubSettings
  /** Addresses are hidden in the store once they are old: lines are compared without them. */
  readonly anonymous: boolean
  readonly range?: ByteRange | undefined
  readonly signal: AbortSignal
  /** What is known of a line beforehand: by the byte where it begins, its time, and whether it was rejected. */
  classOf(at: number, time: Micros, rejected: boolean): LineClass
}

/**
 * Reads the lines of a piece as the source does, and hands their digests over; gives how many bytes it has.
 * @throws VisorError as `readFile` does
 */
export async function readPiece(
  reader: PieceReader,
  add: (lines: LogLines) => Promise<void>
): Promise<number> {
  const { path, format, range, signal } = reader
  let lines: Lines | undefined
  for await (const { stream, choice } of readFile(path, { format, range, signal })) {
    lines ??= new Lines(reader, choice)
    readOnce(stream, lines.pipelines, lines.state, lines, { now: toMicros(Date.now()) })
    if (lines.gathered.piece.length >= LINES_AT_ONCE) await add(lines.handOver())
    signal.throwIfAborted()
  }
  if (lines && lines.gathered.piece.length > 0) await add(lines.handOver())
  return lines?.counters.bytes ?? 0
}

interface Gathered {
  readonly digests: LineDigests
  readonly piece: number[]
  readonly at: number[]
  readonly time: number[]
  readonly class: number[]
}

const nothing = (anonymous: boolean): Gathered => ({
  digests: new LineDigests(anonymous),
  piece: [],
  at: [],
  time: [],
  class: []
})

class Lines implements LineConsumer<FormatSlot> {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly pipelines: Pipelines<FormatSlot>
  readonly state: ReadingState
  gathered: Gathered
  readonly #reader: PieceReader

  constructor(reader: PieceReader, choice: FormatChoice) {
    this.#reader = reader
    this.state = { choice, scan: NO_STATE }
    this.gathered = nothing(reader.anonymous)
    const { zone, scrub } = reader
    this.pipelines = new Pipelines((format: Format) => ({ format }), {
      scrub: scrubOf(scrub),
      ...(zone !== undefined && { zone })
    })
  }

  take({ batches, rejected }: Scan, { scanner }: Pipeline, offset: number): void {
    for (const { rows, start, length, time } of batches)
      for (let row = 0; row < rows; row++)
        this.#add(scanner.bytes(start[row]!, length[row]!), offset + start[row]!, time[row]!, false)
    for (const { start, length } of rejected)
      this.#add(scanner.bytes(start, length), offset + start, NaN, true)
  }

  flush(): void {}

  /** What was gathered, which is forgotten here. */
  handOver(): LogLines {
    const { digests, ...columns } = this.gathered
    this.gathered = nothing(this.#reader.anonymous)
    return { ...columns, digests: digests.bytes() }
  }

  #add(line: Uint8Array, at: number, time: Micros, rejected: boolean): void {
    const { digests, piece, at: places, time: times, class: classes } = this.gathered
    digests.add(line)
    piece.push(this.#reader.piece)
    places.push(at)
    times.push(time)
    classes.push(CLASSES.indexOf(this.#reader.classOf(at, time, rejected)))
  }
}
