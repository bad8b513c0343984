/** What is worth a task of its own: starting a worker costs as much as reading about so many bytes. */
const TASK_BYTES = 4 << 20

/** Something that is read in one piece, by one task. */
export interface Piece {
  /** About how many bytes it has. */
  readonly bytes: number
  /** All pieces of the same group go to one task, in their order. */
  readonly group: string | undefined
  /** It has a task of its own, however small it is. */
  readonly alone?: boolean
}

/**
 * Deals pieces out to tasks, the largest first, each to the task that has least: few tasks where there is little, at most so many
 * as there are cores. Within a task the pieces are in the order in which they were given.
 */
export function deal<P extends Piece>(pieces: readonly P[], cores: number): P[][] {
  const [alone, others] = [true, false].map(is => pieces.filter(piece => (piece.alone === true) === is))
  return [...dealTogether(others!, cores), ...alone!.map(piece => [piece])]
}

function dealTogether<P extends Piece>(pieces: readonly P[], cores: number): P[][] {
  const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
  const count = Math.max(1, Math.min(cores, Math.ceil(total / TASK_BYTES)))
  const groups = [...Map.groupBy(pieces, piece => piece.group ?? piece).values()]
    .map(of => ({ of, bytes: of.reduce((sum, { bytes }) => sum + bytes, 0) }))
    .sort((a, b) => b.bytes - a.bytes)
  const tasks = Array.from({ length: Math.min(count, groups.length) }, () => ({
    pieces: new Set<P>(),
    bytes: 0
  }))
  for (const { of, bytes } of groups) {
    const task = tasks.reduce((least, one) => (one.bytes < least.bytes ? one : least))
    task.bytes += bytes
    for (const piece of of) task.pieces.add(piece)
  }
  return tasks.map(({ pieces: its }) => pieces.filter(piece => its.has(piece)))
}
