import { z } from 'zod'
import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import type { StoredFingerprint } from './fingerprint.ts'

/** Where reading a file goes on, with all that is needed to know the file again. */
export interface FilePosition extends Position, StoredFingerprint {
  readonly offset: number
  /** `Facts.key` of the file. */
  readonly key: string
  /** The path that led to it, and the same with symbolic links resolved. */
  readonly path: string
  readonly real: string
  /** `Facts.changed` when it was first seen: a copy of it is younger. */
  readonly since: Millis
  /** It was rotated away and read to its end. */
  readonly finished: boolean
}

const count = z.int().min(0)
const filePosition = z.object({
  offset: count,
  key: z.string(),
  path: z.string(),
  real: z.string(),
  since: z.number(),
  finished: z.boolean(),
  head: z.string(),
  headLength: count.max(1024),
  tail: z.string(),
  tailLength: count.max(1024),
  tailEnd: count
})

/** The position as this version wrote it; `undefined` for anything else. */
export function parsePosition(position: Position): FilePosition | undefined {
  const parsed = filePosition.safeParse(position)
  return parsed.success && parsed.data.tailLength <= parsed.data.tailEnd ? parsed.data : undefined
}
