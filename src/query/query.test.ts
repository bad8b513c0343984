import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBack } from '../formats/contract.ts'
import { formatFor } from '../formats/index.ts'
import { Scanner } from '../scanner/index.ts'
import { ACCESS_FORMAT, CASES, LINES, SOURCE, WRONG } from './testing/cases.ts'
import { BatchFilter, queryFields, parseQuery, predicate, printQuery, type Queried } from './index.ts'
import { queries } from './testing/random.ts'

const KINDS = [
  { kind: 'access', format: formatFor(ACCESS_FORMAT), letters: /[a-z]/ },
  { kind: 'error', format: formatFor('error24'), letters: /[A-Z]/ }
] as const

/** Lines of a kind, with their letters. */
const linesOf = ({ letters }: (typeof KINDS)[number]): [string, string][] =>
  Object.entries(LINES).filter(([letter]) => letters.test(letter))

/** The letters of the lines that pass, by the plain predicate over what is read of them. */
function byPredicate(passes: (line: Queried) => boolean): string {
  return KINDS.flatMap(one => {
    const { kind, format } = one
    const scanner = new Scanner([format.program], { zone: 'UTC' })
    const events = readBack(
      format,
      scanner,
      linesOf(one).map(([, line]) => line)
    )
    return linesOf(one).filter((_, i) => {
      const event = events[i]?.event
      return event && passes({ ...event, source: SOURCE, kind })
    })
  })
    .map(([letter]) => letter)
    .join('')
}

/** The same by the filter of batches; each line stands in the batch several times, so that rows move. */
function byBatch(query: ReturnType<typeof parseQuery>): string {
  return KINDS.flatMap(one => {
    const { kind, format } = one
    const lines = linesOf(one)
    const filter = new BatchFilter(query, { source: SOURCE, kind })
    const wanted = queryFields(query)
    const scanner = new Scanner([format.program], {
      zone: 'UTC',
      ...(wanted && { wanted: field => wanted.has(field) })
    })
    const all = [...lines, ...lines, ...lines]
    const bytes = Buffer.from(all.map(([, line]) => `${line}\n`).join(''))
    scanner.input().set(bytes)
    scanner.filled(bytes.length)
    const [batch] = scanner.scan({ final: true }).batches
    if (!batch) return []
    expect(batch.rows).toBe(all.length)
    const found = filter.select(batch)
    const letters = Array.from(found.start, (start, row) => {
      const line = bytes.toString('utf8', start, start + (found.length[row] ?? 0))
      return lines.find(([, one]) => one === line)?.[0] ?? '?'
    })
    const once = letters.slice(0, letters.length / 3)
    expect(letters).toEqual([...once, ...once, ...once])
    return once
  }).join('')
}

describe('a query', () => {
  it.each(CASES)('%s', (text, passing) => {
    const query = parseQuery(text)
    expect(byPredicate(predicate(query))).toBe(passing)
    expect(byBatch(query)).toBe(passing)
    expect(parseQuery(printQuery(query))).toEqual(query)
  })

  it('means the same however it is run, and is read back as it is printed', () => {
    fc.assert(
      fc.property(queries, query => {
        const text = printQuery(query)
        expect(parseQuery(text)).toEqual(query)
        expect(byBatch(query)).toBe(byPredicate(predicate(query)))
      }),
      { seed: 4, numRuns: 300 }
    )
  })

  it.each([
    ['kind:error', true],
    ['kind:error AND status:5xx', true],
    ['kind:error OR status:5xx', false],
    ['NOT kind:access', true],
    ['NOT (kind:error AND status:5xx)', false],
    ['source:other kind:access', true],
    ['NOT source:* OR (kind:access kind:error)', true],
    ['status:5xx', false]
  ])('%s: whether no line of an access log passes, is known: %s', (text, never) => {
    expect(new BatchFilter(parseQuery(text), { source: SOURCE, kind: 'access' }).never).toBe(never)
  })

  it.each(WRONG)('%s is refused', (text, message, at) => {
    expect(() => parseQuery(text)).toThrow(
      expect.objectContaining({ code: 'QUERY', message: expect.stringContaining(message) })
    )
    expect(() => parseQuery(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`\\n {${at}}\\^$`)) })
    )
  })

  it('never throws anything but an error for the user', () => {
    const piece = fc.constantFrom(
      ...Array.from('()[]{}"\'/\\:*? <>=-!ax5&|'),
      'AND ',
      'OR ',
      'NOT ',
      'status:',
      'path:',
      ' TO '
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        try {
          parseQuery(pieces.join(''))
        } catch (error) {
          expect(error).toMatchObject({ code: 'QUERY' })
        }
      }),
      { seed: 4, numRuns: 5000 }
    )
  })
})
