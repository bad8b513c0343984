/** Scans in pieces, their results as the reference gives them. */
import type { Batch, Rejection } from '../../core/batch.ts'
import type { ReferenceEvent } from './reference-scan.ts'
import type { Scanner } from '../scanner.ts'

/** What a scan brought, with positions in the whole input. */
export interface Result {
  readonly events: ReferenceEvent[]
  readonly rejections: Rejection[]
}

/** Scans bytes that come in pieces of the sizes that `next` gives, as bulk reading does. */
export function scanPieces(scanner: Scanner, bytes: Uint8Array, next: () => number): Result {
  const result: Result = { events: [], rejections: [] }
  let at = 0
  let base = 0
  const drain = (final: boolean): void => {
    let more = true
    while (more) {
      const scan = scanner.scan({ final })
      collect(scan.batches, scan.rejected, base, result)
      base += scan.consumed
      more = scan.more
    }
  }
  while (at < bytes.length) {
    const input = scanner.input()
    const piece = bytes.subarray(at, at + Math.min(input.length, Math.max(1, next())))
    input.set(piece)
    scanner.filled(piece.length)
    at += piece.length
    drain(false)
  }
  drain(true)
  return result
}

/** Scans bytes as a file stream does: what was not consumed is read again, into an empty buffer. */
export function scanAgain(scanner: Scanner, bytes: Uint8Array): Result {
  const result: Result = { events: [], rejections: [] }
  let at = 0
  while (at < bytes.length) {
    scanner.reset()
    const input = scanner.input()
    const piece = bytes.subarray(at, at + input.length)
    input.set(piece)
    scanner.filled(piece.length)
    let more = true
    while (more) {
      const scan = scanner.scan({ final: at + piece.length === bytes.length })
      collect(scan.batches, scan.rejected, at, result)
      at += scan.consumed
      more = scan.more
    }
  }
  return result
}

function collect(
  batches: readonly Batch[],
  rejected: readonly Rejection[],
  base: number,
  into: Result
): void {
  into.rejections.push(...rejected.map(rejection => ({ ...rejection, start: rejection.start + base })))
  const events = batches.flatMap((batch, program) => eventsOf(batch, program, base))
  into.events.push(...events.sort((a, b) => a.start - b.start))
}

function eventsOf(batch: Batch, program: number, base: number): ReferenceEvent[] {
  const events: ReferenceEvent[] = []
  for (let row = 0; row < batch.rows; row++) {
    const fields: Record<string, string | number | null> = {}
    for (const [name, column] of batch.columns) {
      const value = (column.type === 'text' ? column.codes[row] : column.values[row]) ?? NaN
      const absent = column.type === 'text' ? value === 0 : Number.isNaN(value)
      fields[name] = absent ? null : column.type === 'number' ? value : latin1(column.dictionary.bytes(value))
    }
    events.push({
      program,
      start: base + (batch.start[row] ?? NaN),
      length: batch.length[row] ?? NaN,
      flags: batch.flags[row] ?? NaN,
      time: batch.time[row] ?? NaN,
      zone: batch.zone[row] ?? NaN,
      fields
    })
  }
  return events
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
