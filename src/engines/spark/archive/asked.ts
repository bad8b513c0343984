import type { Kind } from '../../../core/fields.ts'
import type { Micros } from '../../../core/time.ts'
import type { Query } from '../../../query/index.ts'

/** What archived lines have in common. */
export interface LineOrigin {
  readonly source: string
  readonly kind: Kind
  /** The format's directive string. */
  readonly format: string
}

/** What the archive knows of a line besides its bytes. */
export interface ArchivedLine {
  readonly time: Micros
  readonly number: string
  readonly flags: number
  readonly line: Uint8Array
}

/** What the worker of a search is told beside the lines. */
export interface SearchJob {
  /** Only lines that pass. */
  readonly where?: Query | undefined
  readonly asked: Asked
  /** By the keys of lines. */
  readonly origins: Readonly<Record<string, LineOrigin>>
}

/** What is to be found of the lines that pass. */
export type Asked =
  | { readonly what: 'lines'; readonly limit: number }
  /** How many lines have the same values; `field` is one more of them. */
  | {
      readonly what: 'groups'
      readonly by: readonly string[]
      readonly field: string | undefined
      /** The zone whose hours and days steps of time are; UTC when absent. */
      readonly zone?: string | undefined
    }
  | { readonly what: 'signatures' }

/** What a task brings, of one of the kinds that can be asked for. */
export interface Matches {
  readonly lines: readonly MatchedLine[]
  readonly groups: readonly MatchedGroup[]
  readonly signatures: readonly MatchedSignature[]
}

export interface MatchedLine {
  readonly time: Micros
  /** Of lines of the same time the one with the larger number was written later. */
  readonly number: bigint
  readonly source: string
  readonly line: Uint8Array
  readonly flags: number
  readonly fields: ReadonlyMap<string, string | number>
}

export type FieldValue = string | number | null

export interface MatchedGroup {
  readonly keys: readonly FieldValue[]
  readonly value: FieldValue
  count: number
}

export interface MatchedSignature {
  readonly signature: string
  count: number
  first: Micros
  /** Of the last of them. */
  last: Micros
  number: bigint
  level: string | null
  example: string
}

/** Whether a line comes after another one. */
export function isLater(
  a: { readonly time: Micros; readonly number: bigint },
  b: { readonly time: Micros; readonly number: bigint }
): boolean {
  return a.time > b.time || (a.time === b.time && a.number > b.number)
}

/** The newest lines, newest first. */
export function newest(lines: readonly MatchedLine[], limit: number): MatchedLine[] {
  return lines.toSorted((a, b) => (isLater(a, b) ? -1 : 1)).slice(0, limit)
}

/** Adds a group to others. */
export function addGroup(into: Map<string, MatchedGroup>, { keys, value, count }: MatchedGroup): void {
  const id = JSON.stringify([value, ...keys])
  const known = into.get(id)
  if (known) known.count += count
  else into.set(id, { keys, value, count })
}

/** Adds a signature to others. */
export function addSignature(into: Map<string, MatchedSignature>, one: MatchedSignature): void {
  const known = into.get(one.signature)
  if (!known) {
    into.set(one.signature, { ...one })
    return
  }
  known.count += one.count
  known.first = Math.min(known.first, one.first)
  if (!isLater({ time: one.last, number: one.number }, { time: known.last, number: known.number })) return
  const { last, number, level, example } = one
  Object.assign(known, { last, number, level, example })
}
