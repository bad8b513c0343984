/** Random queries, as trees that `parseQuery` could have made. */
import fc from 'fast-check'
import { LINES } from './cases.ts'
import { literalPattern } from '../patterns.ts'
import type { Query, Term } from '../query.ts'

/** Words out of the lines, so that something is found. */
const words = fc
  .constantFrom(...new Set(Object.values(LINES).flatMap(line => line.split(/[\s"[\]]+/))))
  .filter(word => word !== '')

const pattern = fc
  .tuple(words, fc.nat(20), fc.nat(20), fc.constantFrom('*', '?', ''))
  .map(
    ([word, from, to, wild]) =>
      literalPattern(word.slice(0, from)) + wild + literalPattern(word.slice(Math.max(from, to)))
  )
  .filter(pattern => pattern !== '' && pattern !== '*')

const texts: fc.Arbitrary<Term> = fc
  .tuple(
    fc.constantFrom(
      'client',
      'path',
      'agent',
      'message',
      'level',
      'vhost',
      'header.x-id',
      'cookie.none',
      'source',
      undefined
    ),
    pattern
  )
  .map(([field, pattern]) => ({
    op: 'term',
    field,
    test: {
      is: 'text',
      how: field === undefined ? 'words' : 'pattern',
      pattern,
      anyCase: field === undefined
    }
  }))

const networks: fc.Arbitrary<Term> = fc.record({
  op: fc.constant('term' as const),
  field: fc.constantFrom('client', 'header.x-id'),
  test: fc.record({
    is: fc.constant('text' as const),
    how: fc.constant('network' as const),
    pattern: fc.constantFrom(
      '10.0.0.0/31',
      '10.0.0.8/29',
      '0.0.0.0/0',
      '2001:db8::/33',
      '::/0',
      '2001:db8::1/128'
    ),
    anyCase: fc.constant(false)
  })
})

const regexes: fc.Arbitrary<Term> = fc.record({
  op: fc.constant('term' as const),
  field: fc.constantFrom('path', 'agent', 'message', undefined),
  test: fc.record({
    is: fc.constant('text' as const),
    how: fc.constant('regex' as const),
    pattern: fc.constantFrom(
      'a.i',
      '^[A-M]',
      String.raw`\d{3}`,
      'b(o|O)t?',
      '[^a-z]$',
      String.raw`\bapi\b`,
      '.é.',
      '(?:x|I)+$'
    ),
    anyCase: fc.boolean()
  })
})

const ranges: fc.Arbitrary<Term> = fc
  .tuple(
    fc.constantFrom('status', 'bytes_out', 'duration', 'tid', 'bytes_in'),
    fc.option(fc.constantFrom(0, 34, 200, 401, 500, 10_000, 250_000), { nil: undefined }),
    fc.option(fc.constantFrom(35, 404, 500, 5124, 1_200_000), { nil: undefined }),
    fc.boolean(),
    fc.boolean()
  )
  .map(([field, min, max, openMin, openMax]) => ({
    op: 'term',
    field,
    test: {
      is: 'range',
      min,
      max,
      openMin: openMin && min !== undefined,
      openMax: openMax && max !== undefined
    }
  }))

const present: fc.Arbitrary<Term> = fc
  .constantFrom('path', 'user', 'status', 'level', 'cookie.none', 'time', 'source')
  .map(field => ({ op: 'term', field, test: { is: 'present' } }))

export const queries: fc.Arbitrary<Query> = fc.letrec<{ query: Query; and: Query; or: Query; not: Query }>(
  tie => ({
    and: fc
      .array(
        tie('query').filter(one => one.op !== 'and'),
        { minLength: 2, maxLength: 3 }
      )
      .map(parts => ({ op: 'and', parts })),
    or: fc
      .array(
        tie('query').filter(one => one.op !== 'or'),
        { minLength: 2, maxLength: 3 }
      )
      .map(parts => ({ op: 'or', parts })),
    not: tie('query').map(part => ({ op: 'not', part })),
    query: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      texts,
      networks,
      regexes,
      ranges,
      present,
      tie('and'),
      tie('or'),
      tie('not')
    )
  })
).query
