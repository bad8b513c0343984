import type { Batch } from '../../core/batch.ts'
import type { Stream } from '../../core/source.ts'
import type { Scan, Scanner } from '../../scanner/index.ts'

/** What one reading of a stream came to. */
export interface Reading {
  /** Bytes that are done with. */
  readonly consumed: number
  /** Bytes that were seen and left for the next reading. */
  readonly left: number
  /** What is left ends in a whole line that waits only because it may go on. */
  readonly held: boolean
  /** The scanner had no room for the line that the bytes begin with, and has more the next time. */
  readonly cramped: boolean
  /** All bytes that the stream will ever have are done with. */
  readonly final: boolean
}

/**
 * Reads once into the scanner and hands over all lines that are complete; the stream goes on behind them. `offset` is where
 * the bytes of a scan begin in the stream. `take` tells whether to go on: what it leaves is read again, with another
 * scanner perhaps. `settled` tells of the bytes that are there whether a line among them may still go on.
 */
export function readOnce(
  stream: Stream,
  scanner: Scanner,
  settled: (bytes: number) => boolean,
  take: (scan: Scan, offset: number) => boolean
): Reading {
  scanner.reset()
  const room = scanner.input().length
  const length = stream.read(scanner.input())
  scanner.filled(length)
  const final = stream.finished && length >= stream.pending
  const offset = stream.position().offset
  let consumed = 0
  let held = false
  for (let more = true; more;) {
    const scan = scanner.scan({ final, settled: settled(length - consumed) })
    const goOn = take(scan, offset + consumed)
    consumed += scan.consumed
    held = scan.held
    more = goOn && scan.more
  }
  stream.advance(consumed)
  const cramped = consumed === 0 && length === room && !held
  return { consumed, left: length - consumed, held, cramped, final: final && consumed === length }
}

/** The times of the rows of all batches of a scan in the order of their lines. */
export function timesInOrder(batches: readonly Batch[]): { times: Float64Array; rows: number } {
  const filled = batches.filter(({ rows }) => rows > 0)
  const [only] = filled
  if (filled.length <= 1) return { times: only?.time ?? new Float64Array(0), rows: only?.rows ?? 0 }
  const rows = filled.flatMap(({ rows, start, time }) =>
    Array.from({ length: rows }, (_, row) => ({ start: start[row]!, time: time[row]! }))
  )
  rows.sort((a, b) => a.start - b.start)
  return { times: Float64Array.from(rows, ({ time }) => time), rows: rows.length }
}

/** Lines before the first that tells a time were written about when they are read; `now` in microseconds. */
export function dateRows({ time, rows }: Batch, now: number): void {
  for (let row = 0; row < rows && Number.isNaN(time[row]!); row++) time[row] = now
}
