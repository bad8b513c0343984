import { z } from 'zod'
import type { Position } from '../../core/source.ts'

const count = z.int().min(0)
const filePosition = z.object({
  offset: count,
  /** `Facts.key` of the file. */
  key: z.string(),
  /** The path that led to it, and the same with symbolic links resolved. */
  path: z.string(),
  real: z.string(),
  /** `Facts.changed` when it was first seen: a copy of it is younger. */
  since: z.number(),
  /** It was rotated away and read to its end. */
  finished: z.boolean(),
  head: z.string(),
  headLength: count.max(1024),
  tail: z.string(),
  tailLength: count.max(1024),
  tailEnd: count,
  /** How many bytes were seen of it. */
  size: count.default(0),
  /** Since when its path leads elsewhere, and when it was last seen to grow, or 0: a grace goes on over a restart. */
  grown: z.number().default(0),
  rotated: z.number().default(0),
  /** Bytes that nobody could read. */
  lost: count.default(0)
})

/** Where reading a file goes on, with all that is needed to know the file again. */
export type FilePosition = Readonly<z.output<typeof filePosition>>

/** The position as this version wrote it; `undefined` for anything else. */
export function parsePosition(position: Position): FilePosition | undefined {
  const parsed = filePosition.safeParse(position)
  return parsed.success && parsed.data.tailLength <= parsed.data.tailEnd ? parsed.data : undefined
}
