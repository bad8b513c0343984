import { fieldInfo, type Kind, type LogEvent } from '../core/fields.ts'
import { derivationOf } from '../derived/index.ts'
import { textMatcher } from './patterns.ts'
import type { Query, Term } from './query.ts'
import { inRange } from './values.ts'

/** A line as queries see it. */
export type Queried = LogEvent & { readonly source: string; readonly kind: Kind }

/** The plain meaning of a query: what the other compilers are held to. */
export function predicate(query: Query): (line: Queried) => boolean {
  switch (query.op) {
    case 'and': {
      const parts = query.parts.map(predicate)
      return line => parts.every(part => part(line))
    }
    case 'or': {
      const parts = query.parts.map(predicate)
      return line => parts.some(part => part(line))
    }
    case 'not': {
      const part = predicate(query.part)
      return line => !part(line)
    }
    default:
      return termPredicate(query)
  }
}

function termPredicate({ field, test }: Term): (line: Queried) => boolean {
  if (test.is === 'text') {
    const matches = textMatcher(test)
    const holds = (value: unknown): boolean => typeof value === 'string' && matches(value)
    if (field !== undefined) return line => holds(valueOf(line, field))
    return line =>
      Object.entries(line).some(([name, value]) => fieldInfo(name)?.type === 'text' && holds(value))
  }
  if (field === undefined) return () => false
  if (test.is === 'present') return line => (valueOf(line, field) ?? null) !== null
  return line => {
    const value = line[field]
    return typeof value === 'number' && inRange(test, value)
  }
}

/** A field of the line, or what is derived of one. */
function valueOf(line: Queried, field: string): string | number | null | undefined {
  const derivation = derivationOf(field)
  if (!derivation) return line[field]
  const text = line[derivation.from]
  return typeof text === 'string' ? derivation.derive(text) : undefined
}
