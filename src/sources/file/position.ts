import { z } from 'zod'
import { withSeen, type Account } from '../../core/account.ts'
import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import { inodeOf } from './facts.ts'

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
  /** Bytes that nobody could read, and when that was last found out. */
  lost: count.default(0),
  lostAt: z.number().default(0),
  /** Bytes before the offset that were not to be read here: there before the first start, or read elsewhere. */
  passed: count.default(0),
  /** Its bytes went away before its end was seen. */
  endUnknown: z.boolean().default(false)
})

/** Where reading a file goes on, with all that is needed to know the file again. */
export type FilePosition = Readonly<z.output<typeof filePosition>>

/** The position as this version wrote it; `undefined` for anything else. */
export function parsePosition(position: Position): FilePosition | undefined {
  const parsed = filePosition.safeParse(position)
  return parsed.success && parsed.data.tailLength <= parsed.data.tailEnd ? parsed.data : undefined
}

/** What of a content was not read here, and never will be: as `Account` has it. */
export class Missing {
  lost: number
  lostAt: Millis
  passed: number
  endUnknown: boolean

  constructor({ lost, lostAt, passed, endUnknown }: MissingParts) {
    this.lost = lost
    this.lostAt = lostAt
    this.passed = passed
    this.endUnknown = endUnknown
  }

  /** So many bytes that were seen are not there any more. */
  lose(bytes: number, now: Millis): void {
    if (bytes === 0) return
    this.lost += bytes
    this.lostAt = now
  }

  get stored(): MissingParts {
    const { lost, lostAt, passed, endUnknown } = this
    return { lost, lostAt, passed, endUnknown }
  }
}

type MissingParts = Pick<FilePosition, 'lost' | 'lostAt' | 'passed' | 'endUnknown'>

export const NOTHING_MISSING: MissingParts = { lost: 0, lostAt: 0, passed: 0, endUnknown: false }

/** Why bytes are lost. */
export const FILE_LOSS = 'the file was emptied or deleted before they were read, and no copy has them'

/** How much of a file was read, as its position says; `undefined` for a position of something else. */
export function fileAccount(position: Position): Account | undefined {
  const file = parsePosition(position)
  if (!file) return undefined
  const { offset, size, passed, lost, lostAt, endUnknown, key } = file
  return withSeen({
    unit: 'bytes',
    read: offset - passed,
    passed,
    lost,
    waiting: Math.max(0, size - offset),
    ...(lost > 0 && { lostAt, why: FILE_LOSS }),
    key: inodeOf(key),
    ...(endUnknown && { endUnknown })
  })
}
