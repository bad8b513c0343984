import type { StreamPosition } from '../../../core/delivery.ts'
import { ENGINE_SOURCE } from '../../kind.ts'
import type { Position } from '../../../core/source.ts'

/** A folder of the archive that counts. */
export interface ArchiveSegment {
  readonly folder: string
  /** How often batches were put together in it: `MERGED_AT_ONCE` of one level become one of the next. */
  readonly level: number
  /** When the newest of it was written, in days since 1970. */
  readonly day: number
}

/**
 * What of an archive counts: it is a position of the store, and is committed together with the counts of the same lines. A
 * folder that is not in it is of a batch that was never committed, or is not needed any more.
 */
export interface Manifest {
  /** Number of the next batch. */
  readonly next: number
  /** In the order of their lines. */
  readonly segments: readonly ArchiveSegment[]
  /** Folders that counted and are to be emptied. */
  readonly freed: readonly string[]
}

export const EMPTY_ARCHIVE: Manifest = { next: 0, segments: [], freed: [] }

const STREAM = 'archive of lines'

/** How many segments of a level become one of the next. */
export const MERGED_AT_ONCE = 10
const HIGHEST_LEVEL = 4

/** Segments behind one another that are to be put together; none while there are not enough. */
export function mergeable({ segments }: Manifest): readonly ArchiveSegment[] {
  for (let level = 0; level < HIGHEST_LEVEL; level++) {
    const from = segments.findIndex(segment => segment.level === level)
    const same = from < 0 ? [] : segments.slice(from, from + MERGED_AT_ONCE)
    if (same.length === MERGED_AT_ONCE && same.every(segment => segment.level === level)) return same
  }
  return []
}

export function manifestPosition({ next, segments, freed }: Manifest): StreamPosition {
  const position: Position = {
    offset: next,
    segments: segments.map(({ folder, level, day }) => `${folder}:${level}:${day}`).join(' '),
    freed: freed.join(' ')
  }
  return { source: ENGINE_SOURCE, stream: STREAM, name: STREAM, finished: false, position }
}

/** Reads what `manifestPosition` made; an archive that nothing was committed to is empty. */
export function manifestOf(known: readonly { readonly id: string; readonly position: Position }[]): Manifest {
  const position = known.find(({ id }) => id === STREAM)?.position
  if (!position) return EMPTY_ARCHIVE
  return {
    next: position.offset,
    segments: words(position['segments']).map(text => {
      const [folder = '', level, day] = text.split(':')
      return { folder, level: Number(level), day: Number(day) }
    }),
    freed: words(position['freed'])
  }
}

function words(text: unknown): string[] {
  return typeof text === 'string' && text !== '' ? text.split(' ') : []
}
