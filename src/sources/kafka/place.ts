import type { Position } from '../../core/source.ts'

/** Where reading of a partition goes on. */
export interface Place {
  /** The offset of the first message that is not wholly read. */
  readonly message: number
  /** Bytes of it that are read: it may have many lines. */
  readonly within: number
  /** Which leader took the message before it; -1 when that is not known. */
  readonly epoch: number
}

/** What a position of the store says, and of which topic: one of the same name may have been made anew. */
export function placeIn({
  message,
  within = 0,
  epoch = -1,
  topic
}: Partial<Position>): (Place & { readonly topic: string | undefined }) | undefined {
  if (typeof message !== 'number' || typeof within !== 'number' || typeof epoch !== 'number') return undefined
  return { message, within, epoch, topic: typeof topic === 'string' ? topic : undefined }
}

export function isBefore(a: Place, b: Place): boolean {
  return a.message < b.message || (a.message === b.message && a.within < b.within)
}

/** The place that is further on. */
export function further(a: Place | undefined, b: Place | undefined): Place | undefined {
  if (!a || !b) return a ?? b
  return isBefore(a, b) ? b : a
}

const WITHIN = /^(\d{1,15}) bytes of it are read$/

/** What the group is told beside an offset, for others that go on from there. */
export function noteOf({ within }: Place): string {
  return within === 0 ? '' : `${within} bytes of it are read`
}

/** The inverse of `noteOf`; 0 for a note of somebody else. */
export function withinOf(note: string | null | undefined): number {
  return Number(WITHIN.exec(note ?? '')?.[1] ?? 0)
}
