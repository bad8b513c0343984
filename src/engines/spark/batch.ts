import type { Millis } from '../../core/time.ts'
import type { TaskInput } from './cluster.ts'
import type { BatchPiece, Cursor } from './cursor.ts'
import { shares } from './pacing.ts'
import type { SegmentResult } from './protocol.ts'

/** The most bytes that ride in one plan: Spark takes messages of 128 MiB, and holds each a few times. */
const MAX_RIDING_BYTES = 24 << 20

/** What a stream is given at the least of what waits in it: less is not worth looking at. */
const LEAST_SHARE = 64 << 10

/** A task, with the pieces that it reads, one a segment. */
export interface BatchTask extends TaskInput {
  readonly pieces: readonly BatchPiece[]
}

/** What is to be read next. */
export interface Gathered {
  readonly pieces: readonly BatchPiece[]
  /** Streams of which nothing is to be read now. */
  readonly standing: readonly { readonly cursor: Cursor; readonly result: SegmentResult }[]
  /** More waits than this. */
  readonly behind: boolean
}

/** Takes of some streams what a batch of so many bytes may hold, of those first that have waited longest. */
export function gather(cursors: readonly Cursor[], bytes: number, now: Millis): Gathered {
  const waiting = cursors.toSorted((a, b) => a.read - b.read)
  const [riding, ranged] = [true, false].map(rides => waiting.filter(cursor => cursor.rides === rides))
  const given = [...give(riding!, Math.min(bytes, MAX_RIDING_BYTES), now), ...give(ranged!, bytes, now)]
  return {
    pieces: given.flatMap(({ next }) => (next && 'piece' in next ? next.piece : [])),
    standing: given.flatMap(({ cursor, next }) =>
      next && 'standing' in next ? { cursor, result: next.standing } : []
    ),
    behind: given.some(({ isAll }) => !isAll)
  }
}

/** What each gives; nothing from where the batch is full on. */
function* give(cursors: readonly Cursor[], bytes: number, now: Millis) {
  const wanted = cursors.map(cursor => cursor.wanted)
  const given = shares(wanted, bytes, LEAST_SHARE)
  let sum = 0
  for (const [i, cursor] of cursors.entries()) {
    const full = sum >= bytes && wanted[i]! > 0
    const isAll = !full && given[i]! >= wanted[i]!
    // How many bytes messages have is a guess: who may have all is not to leave the last of them.
    const next = full ? undefined : cursor.next(isAll ? Infinity : given[i]!, now)
    // Its source believes that it was read.
    if (full) cursor.again ??= now
    if (next && 'piece' in next) sum += next.piece.bytes
    yield { cursor, next, isAll }
  }
}

/** Makes tasks of pieces. `name` is unique among all batches, `now` the time at which they were gathered. */
export function tasksOf(dealt: readonly (readonly BatchPiece[])[], name: string, now: Millis): BatchTask[] {
  return dealt.map((pieces, id) => ({
    pieces,
    task: { id, name: `${name}.${id}`, now, segments: pieces.map(({ segment }) => segment) },
    data: joined(pieces.map(({ data }) => data))
  }))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter(({ length }) => length > 0)
  return filled.length === 1 ? filled[0]! : Buffer.concat(filled)
}
