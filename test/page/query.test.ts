import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuery, predicate } from '../../src/query/index.ts'
import { narrowed, valueQuery } from '../../src/core/value-query.ts'

const line = (path: string | null): Parameters<ReturnType<typeof predicate>>[0] => ({
  time: 0,
  zone: 0,
  source: 'shop',
  kind: 'access',
  path,
  status: 200
})
const passes = (query: string, path: string | null): boolean => predicate(parseQuery(query))(line(path))

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(
      '/',
      '*',
      '?',
      '"',
      "'",
      '\\',
      ' ',
      '(',
      ']',
      '>',
      ':',
      '-',
      'a',
      'OR',
      '\n',
      '\u202e'
    )
  })
)

describe('query of a value', () => {
  it.each([
    ['/cart', 'path:/cart'],
    ['/', 'path:"/"'],
    ['/api/', 'path:"/api/"'],
    ['/api/v2', 'path:/api/v2'],
    ['OR', 'path:"OR"'],
    ['a "b" \\', 'path:"a \\"b\\" \\\\"'],
    ['-x', 'path:"-x"'],
    ['a\nb*', 'path:a?b\\*'],
    [null, 'NOT path:*']
  ])('%j is %s', (value, query) => {
    expect(valueQuery('path', value)).toBe(query)
  })

  it('finds any value, and fits into an input of one line', () => {
    fc.assert(
      fc.property(text, value => {
        const query = valueQuery('path', value)
        expect(passes(query, value)).toBe(true)
        expect(query).not.toMatch(/[\n\r\u202e]/)
      }),
      { seed: 3, numRuns: 2000 }
    )
  })

  it('finds no other value, but for characters that cannot be seen', () => {
    const seen = text.filter(value => !/\p{C}|\p{Zl}|\p{Zp}/u.test(value))
    fc.assert(
      fc.property(seen, seen, (value, other) => {
        expect(passes(valueQuery('path', value), other)).toBe(value === other)
      }),
      { seed: 4, numRuns: 2000 }
    )
  })

  it.each([
    ['', 'path:/a', true],
    ['status:404', 'path:/a', false],
    ['status:404 OR status:200', 'path:/b', false],
    ['status:404 OR status:200', 'path:/a', true]
  ])('narrows %j by %s', (query, term, passing) => {
    expect(passes(narrowed(query, term), '/a')).toBe(passing)
  })
})
