import { withSeen, type Account } from '../../core/account.ts'
import type { Position } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'

/** Where reading of a partition goes on. */
export interface FetchPosition {
  /** The offset of the first message that is not wholly read. */
  readonly message: number
  /** Bytes of it that are read: it may have many lines. */
  readonly within: number
  /** The leader epoch of the message before it; -1 when that is not known. */
  readonly epoch: number
}

/** What a position of the store contains, and of which topic: one of the same name may have been created anew. */
export function fetchPositionOf({
  message,
  within = 0,
  epoch = -1,
  topic
}: Partial<Position>): (FetchPosition & { readonly topic: string | undefined }) | undefined {
  if (typeof message !== 'number' || typeof within !== 'number' || typeof epoch !== 'number') return undefined
  return { message, within, epoch, topic: typeof topic === 'string' ? topic : undefined }
}

export function isBefore(a: FetchPosition, b: FetchPosition): boolean {
  return a.message < b.message || (a.message === b.message && a.within < b.within)
}

/** The position that is further on. */
export function furthest(
  a: FetchPosition | undefined,
  b: FetchPosition | undefined
): FetchPosition | undefined {
  if (!a || !b) return a ?? b
  return isBefore(a, b) ? b : a
}

const WITHIN = /^(\d{1,15}) bytes of it are read$/

/** The metadata that is committed with an offset, for other members that go on from there. */
export function commitMetadata({ within }: FetchPosition): string {
  return within === 0 ? '' : `${within} bytes of it are read`
}

/** The inverse of `commitMetadata`; 0 for metadata of somebody else. */
export function withinFrom(metadata: string | null | undefined): number {
  return Number(WITHIN.exec(metadata ?? '')?.[1] ?? 0)
}

/** What became of the messages before a position that were not read: as `Account` has it. */
export interface Unread {
  readonly passed: number
  readonly lost: number
  readonly lostAt: Millis
  readonly empty: number
}

/** What a position says of messages that were not read. */
export function unreadBefore({ passed, lost, lostAt, empty }: Partial<Position>): Unread {
  return { passed: numberIn(passed), lost: numberIn(lost), lostAt: numberIn(lostAt), empty: numberIn(empty) }
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

/** How many of the messages before a position were read. */
export function messagesRead({ message }: Pick<FetchPosition, 'message'>, unread: Unread): number {
  return message - unread.passed - unread.lost - unread.empty
}

/** How much of a partition was read, as its position says; `undefined` for a position of something else. */
export function partitionAccount(position: Position): Account | undefined {
  const at = fetchPositionOf(position)
  if (!at) return undefined
  const { passed, lost, lostAt, empty } = unreadBefore(position)
  const read = messagesRead(at, { passed, lost, lostAt, empty })
  return withSeen({
    unit: 'messages',
    read,
    passed,
    empty,
    lost,
    ...(lost > 0 && { lostAt, why: 'they were removed from the topic before they were read' })
  })
}
