import { SECOND, toMillis } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { isDuration } from '../core/fields.ts'
import type { Query, RangeTest, Term } from './query.ts'

/** A query as text that `parseQuery` reads as the same tree, with numbers in the units inside. */
export function printQuery(query: Query): string {
  if (query.op === 'and') return query.parts.map(part => inner(part, ['or', 'and'])).join(' AND ')
  if (query.op === 'or') return query.parts.map(part => inner(part, ['or'])).join(' OR ')
  if (query.op === 'not') return `NOT ${inner(query.part, ['or', 'and'])}`
  return termText(query)
}

function inner(query: Query, wrapped: readonly Query['op'][]): string {
  return wrapped.includes(query.op) ? `(${printQuery(query)})` : printQuery(query)
}

function termText({ field, test }: Term): string {
  const name = field === undefined ? '' : `${field}:`
  if (test.is === 'present') return `${name}*`
  if (test.is === 'range') return `${name}${rangeText(test, field ?? '')}`
  if (test.how === 'regex') return `${name}/${test.pattern}/${test.anyCase ? 'i' : ''}`
  if (test.how === 'network') return name + test.pattern
  return `${name}${wordText(test.pattern)}`
}

function wordText(pattern: string): string {
  if (!/\\?[*?]/.test(pattern.replaceAll(/\\[^]/g, ''))) {
    return `"${pattern.replaceAll(/\\([^])/g, '$1').replaceAll(/["\\]/g, '\\$&')}"`
  }
  return pattern.replaceAll(/\\[*?\\]|[^\w*?.]/gu, found => (found.length === 1 ? `\\${found}` : found))
}

function rangeText(range: RangeTest, field: string): string {
  return shortRange(range, field) ?? fullRange(range, field)
}

/** As people write it, where that says the same; a time as people write it is a span. */
function shortRange({ min, max, openMin, openMax }: RangeTest, field: string): string | undefined {
  if (field === 'time' || field === 'time_end' || (min ?? max ?? -1) < 0) return undefined
  if (max === undefined) return `>${openMin ? '' : '='}${numberText(min ?? 0, field)}`
  if (min === undefined) return `<${openMax ? '' : '='}${numberText(max, field)}`
  if (min === max && !openMin && !openMax) return numberText(min, field)
  const isClass = field === 'status' && min % 100 === 0 && max === min + 100 && !openMin && openMax
  return isClass ? `${min / 100}xx` : undefined
}

function fullRange({ min, max, openMin, openMax }: RangeTest, field: string): string {
  const bound = (value: number | undefined): string => (value === undefined ? '*' : numberText(value, field))
  return `${openMin ? '{' : '['}${bound(min)} TO ${bound(max)}${openMax ? '}' : ']'}`
}

function numberText(value: number, field: string): string {
  if (field === 'time' || field === 'time_end') {
    const second = windowOf(value, SECOND)
    const fraction = String(value - second).padStart(6, '0')
    return `${new Date(toMillis(second)).toISOString().slice(0, 19)}.${fraction}Z`
  }
  return isDuration(field) ? `${value}us` : String(value)
}
