import { derivationOf } from '../derived/index.ts'

/**
 * A query as a tree. Plain data: it crosses threads, and its compilers (predicate, batch, SQL) each walk it.
 * Logic has two values: a test of a field that is absent does not hold, and NOT holds exactly where its part does not.
 */
export type Query =
  /** Holds where all of them do; always when there are none. */
  | { readonly op: 'and'; readonly parts: readonly Query[] }
  | { readonly op: 'or'; readonly parts: readonly Query[] }
  | { readonly op: 'not'; readonly part: Query }
  | Term

export interface Term {
  readonly op: 'term'
  /** `undefined`: any text field of the line. */
  readonly field: string | undefined
  readonly test: Test
}

export type Test = PresentTest | TextTest | RangeTest

/** The field is there. */
export interface PresentTest {
  readonly is: 'present'
}

/**
 * What `sourceOf` makes a regular expression of, of the kind that JavaScript, RE2 and Java read alike: over the whole text, of
 * `words` and a `regex` anywhere in it.
 */
export interface TextTest {
  readonly is: 'text'
  readonly how: 'pattern' | 'words' | 'regex' | 'network'
  /** What the user wrote: with `*`, `?` and backslashes in a pattern; the source of a regular expression; a network (`10.0.0.0/8`). */
  readonly pattern: string
  readonly anyCase: boolean
}

/** A number between two, in the units of the field inside (microseconds, bytes). */
export interface RangeTest {
  readonly is: 'range'
  readonly min: number | undefined
  readonly max: number | undefined
  readonly openMin: boolean
  readonly openMax: boolean
}

/** The query that every line passes. */
export const EVERYTHING: Query = { op: 'and', parts: [] }

/** The terms of a query. */
export function termsOf(query: Query): Term[] {
  switch (query.op) {
    case 'term':
      return [query]
    case 'not':
      return termsOf(query.part)
    default:
      return query.parts.flatMap(termsOf)
  }
}

/** The fields of lines that a query looks at, for a derived one that it is made of; `undefined` for all text fields. */
export function queryFields(query: Query): ReadonlySet<string> | undefined {
  const fields = termsOf(query).map(({ field }) => field)
  const named = fields.filter(field => field !== undefined)
  return named.length < fields.length
    ? undefined
    : new Set(named.map(field => derivationOf(field)?.from ?? field))
}

/** A query that the lines pass which httpd and nginx write into their error logs when they start. */
export const SERVER_STARTED =
  'kind:error AND message:(/configured -- resuming normal operations/ OR "start worker processes" OR /using the "[a-z]+" event method/)'
