import type { Kind, LogEvent } from '../core/fields.ts'
import { derivationOf, fieldInfo } from '../derived/index.ts'
import { textMatcher } from './patterns.ts'
import type { Query, Term } from './query.ts'
import { inRange } from './values.ts'

/** A line as queries see it. */
export type Queried = LogEvent & { readonly source: string; readonly kind: Kind }

/** How a query sees what it is asked of. */
export interface Seen<Thing> {
  value(thing: Thing, field: string): string | number | null | undefined
  /** What a word without a field is looked for in. */
  texts(thing: Thing): readonly unknown[]
}

/** Lines: their fields, and what is derived of them. */
const LINES: Seen<Queried> = {
  value(line, field) {
    const derivation = derivationOf(field)
    if (!derivation) return line[field]
    const text = line[derivation.from]
    return typeof text === 'string' ? derivation.derive(text) : undefined
  },
  texts: line =>
    Object.entries(line).flatMap(([name, value]) => (fieldInfo(name)?.type === 'text' ? [value] : []))
}

/** The plain meaning of a query: what the other compilers are held to. */
export function predicate(query: Query): (line: Queried) => boolean {
  return predicateOf(query, LINES)
}

/** The same of anything else that has fields. */
export function predicateOf<Thing>(query: Query, seen: Seen<Thing>): (thing: Thing) => boolean {
  switch (query.op) {
    case 'and': {
      const parts = query.parts.map(part => predicateOf(part, seen))
      return thing => parts.every(part => part(thing))
    }
    case 'or': {
      const parts = query.parts.map(part => predicateOf(part, seen))
      return thing => parts.some(part => part(thing))
    }
    case 'not': {
      const part = predicateOf(query.part, seen)
      return thing => !part(thing)
    }
    default:
      return termPredicate(query, seen)
  }
}

function termPredicate<Thing>({ field, test }: Term, seen: Seen<Thing>): (thing: Thing) => boolean {
  if (test.is === 'text') {
    const matches = textMatcher(test)
    const holds = (value: unknown): boolean => typeof value === 'string' && matches(value)
    if (field !== undefined) return thing => holds(seen.value(thing, field))
    return thing => seen.texts(thing).some(holds)
  }
  if (field === undefined) return () => false
  if (test.is === 'present') return thing => (seen.value(thing, field) ?? null) !== null
  return thing => {
    const value = seen.value(thing, field)
    return typeof value === 'number' && inRange(test, value)
  }
}
