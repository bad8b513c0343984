import type { Batch } from '../core/batch.ts'
import type { EvidenceLine, Signal } from '../core/signal.ts'
import type { Origin, Query } from '../query/index.ts'
import { decodeLine, type LineBytes } from '../reading/sample.ts'

/** How many lines of one signal a step of reading shows at most, whatever their keys. */
export const MAX_SIGNAL_LINES = 200

/** A line that passed a signal's filter, and where it begins in the stream. */
export interface FoundLine {
  readonly at: number
  readonly line: EvidenceLine
}

/** The lines of a batch for people to see; each is decoded once, however many signals show it. */
export class BatchLines {
  readonly #batch: Batch
  readonly #bytes: LineBytes
  readonly #offset: number
  readonly #origin: Origin
  readonly #texts = new Map<number, string>()

  /** `offset` is where in the stream the scan of the batch began. */
  constructor(batch: Batch, bytes: LineBytes, offset: number, origin: Origin) {
    this.#batch = batch
    this.#bytes = bytes
    this.#offset = offset
    this.#origin = origin
  }

  of(row: number, signal: string, key: string): FoundLine {
    const { source, kind } = this.#origin
    const line = { signal, key, source, kind, time: this.#batch.time[row]!, text: this.#textOf(row) }
    return { at: this.#offset + this.#batch.start[row]!, line }
  }

  #textOf(row: number): string {
    const { start, length } = this.#batch
    let text = this.#texts.get(row)
    if (text === undefined)
      this.#texts.set(row, (text = decodeLine(this.#bytes.bytes(start[row]!, length[row]!))))
    return text
  }
}

/** The newest lines of each key that one step of reading brought. */
export class SignalLines {
  readonly #found = new Map<Signal<Query>, FoundLine[]>()

  add(signal: Signal<Query>, lines: readonly FoundLine[]): void {
    const found = this.#found.get(signal) ?? []
    found.push(...lines)
    this.#found.set(signal, found.length > 4 * MAX_SIGNAL_LINES ? newest(signal, found) : found)
  }

  /** Of each signal in their order. */
  all(): EvidenceLine[] {
    return Array.from(this.#found, ([signal, found]) => newest(signal, found).map(({ line }) => line)).flat()
  }
}

/** Of lines of several steps, those before the others first, as many as one step may show. */
export function boundLines(
  signals: readonly Signal<Query>[],
  lines: readonly EvidenceLine[]
): EvidenceLine[] {
  const found = Map.groupBy(
    lines.map((line, at) => ({ at, line })),
    ({ line }) => line.signal
  )
  return signals.flatMap(signal => newest(signal, found.get(signal.name) ?? []).map(({ line }) => line))
}

/** The newest of each key, and of all. */
function newest({ lines }: Signal<Query>, found: readonly FoundLine[]): FoundLine[] {
  const counts = new Map<string, number>()
  return found
    .toSorted((a, b) => b.at - a.at)
    .filter(({ line: { key } }) => {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return count <= lines
    })
    .slice(0, MAX_SIGNAL_LINES)
    .toReversed()
}
