import type { Millis } from './time.ts'

/**
 * How much of a stream was read: seen = read + passed + empty + lost + waiting. What is not known is absent; so is `seen`
 * where any part of it is not.
 */
export interface Account {
  /** What is counted: bytes of a file, messages (by their offsets) of a partition. */
  readonly unit: 'bytes' | 'messages'
  /** All that there ever was, as far as anybody looked. */
  readonly seen?: number
  /** What was read, and is counted. */
  readonly read: number
  /** What was not to be read here: it stood there before the first start, or is read under another name or by others. */
  readonly passed?: number
  /** Offsets of a partition that no line has: markers of transactions, messages that were compacted, or that are empty. */
  readonly empty?: number
  /** What nobody can read any more. */
  readonly lost?: number
  /** When that last grew, and why, for people. */
  readonly lostAt?: Millis
  readonly why?: string
  /** What is there and not read yet. */
  readonly waiting?: number
  /** Its bytes went away before anybody saw its end: it may have had more, and nobody knows how much. */
  readonly endUnknown?: true
  /** What it is of, where several streams may have one name. */
  readonly key?: string
}

/** The same with `seen`, where all parts are known. */
export function withSeen(parts: Omit<Account, 'seen'>): Account {
  const { read, passed, empty = 0, lost, waiting } = parts
  if (passed === undefined || lost === undefined || waiting === undefined) return parts
  return { ...parts, seen: read + passed + empty + lost + waiting }
}

/** Of several streams together; what is not known of one is not known of all. */
export function wholeAccount(unit: Account['unit'], all: readonly Account[]): Account {
  const sum = (part: 'passed' | 'empty' | 'lost' | 'waiting'): number | undefined =>
    all.reduce<number | undefined>(
      (total, one) => (total === undefined || one[part] === undefined ? undefined : total + one[part]),
      0
    )
  const [passed, empty, lost, waiting] = [sum('passed'), sum('empty'), sum('lost'), sum('waiting')]
  const lostAt = Math.max(...all.map(one => one.lostAt ?? 0), 0)
  return withSeen({
    unit,
    read: all.reduce((total, { read }) => total + read, 0),
    ...(passed !== undefined && { passed }),
    ...(empty !== undefined && { empty }),
    ...(lost !== undefined && { lost }),
    ...(lostAt > 0 && { lostAt }),
    ...(waiting !== undefined && { waiting }),
    ...(all.some(({ endUnknown }) => endUnknown) && { endUnknown: true })
  })
}
