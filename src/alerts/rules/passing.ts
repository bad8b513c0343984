import { formatDuration } from '../../core/duration.ts'
import type { Kind } from '../../core/fields.ts'
import { formatCount } from '../../core/units.ts'
import { fieldInfo } from '../../derived/index.ts'
import { EVERYTHING, parseQuery, type Query } from '../../query/index.ts'
import type { Rule } from './kind.ts'

const KINDS: readonly Kind[] = ['access', 'error']

/** The kinds of log of which lines may pass a query. */
export function kindsOf(query: Query): readonly Kind[] {
  return KINDS.filter(kind => mayPass(query, kind))
}

function mayPass(query: Query, kind: Kind): boolean {
  switch (query.op) {
    case 'and':
      return query.parts.every(part => mayPass(part, kind))
    case 'or':
      return query.parts.some(part => mayPass(part, kind))
    case 'not':
      return true
    default: {
      const { field, test } = query
      if (field === 'kind' && test.is === 'text' && test.how === 'pattern') return test.pattern === kind
      return field === undefined || (fieldInfo(field)?.kinds.includes(kind) ?? true)
    }
  }
}

/** All lines of the kinds of log that pass a query. */
export function allOf(query: Query): Query {
  const kinds = kindsOf(query)
  return kinds.length === 1 ? parseQuery(`kind:${kinds.join('')}`) : EVERYTHING
}

/** Lines that pass both. */
export function both(first: Query, second: Query): Query {
  const parts = [first, second].flatMap(query => (query.op === 'and' ? query.parts : [query]))
  return parts.length === 1 ? (parts[0] ?? EVERYTHING) : { op: 'and', parts }
}

/** So many of the lines that a rule looks at, for people: `1,204 requests in 1m`. */
export function windowLines({ where, window }: Pick<Rule, 'where' | 'window'>, count: number): string {
  const noun = kindsOf(where).includes('error') ? 'line' : 'request'
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`} in ${formatDuration(window)}`
}
