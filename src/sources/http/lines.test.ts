import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyLines } from './lines.ts'

const of = (type: string, body: string) => {
  const { bytes, count } = bodyLines(type, Buffer.from(body))
  return [Buffer.from(bytes).toString(), count]
}

describe('a body of text', () => {
  it.each([
    ['', '', 0],
    ['\n\r\n\n', '\n\r\n\n', 0],
    ['a', 'a\n', 1],
    ['a\r\n\nb\n', 'a\r\n\nb\n', 2],
    ['\r', '\r\n', 0]
  ])('%j is %j, %i lines', (body, lines, count) => {
    for (const type of ['', 'text/plain', 'application/x-ndjson', 'application/x-www-form-urlencoded'])
      expect(of(type, body)).toEqual([lines, count])
  })
})

const json = (body: string) => of('application/json; charset=utf-8', body)

describe('a body of JSON', () => {
  it.each([
    ['[]', '', 0],
    ['["a"]', 'a\n', 1],
    ['["a\\n", "b\\u00e9\\"[{,", ""]', 'a\nbé"[{,\n', 2],
    ['["several\\nlines"]', 'several\nlines\n', 2],
    ['"one"', 'one\n', 1],
    ['{"a": 1.0,\n  "b": 12345678901234567890}\n', '{"a": 1.0,   "b": 12345678901234567890}\n', 1],
    ['[{"a":"}],"}, {"b":[1,[2]],"c":{"d":1e9}}\n]', '{"a":"}],"}\n{"b":[1,[2]],"c":{"d":1e9}}\n', 2]
  ])('%j is %j, %i lines', (body, lines, count) => expect(json(body)).toEqual([lines, count]))

  it.each(['', '[', '{"a":1', '["a" "b"]', '[1]', '5', 'null', '[[]]', '[true]', '{"a":"\n"}'])(
    '%j is refused',
    body => expect(() => json(body)).toThrow(expect.objectContaining({ name: 'Refusal', status: 400 }))
  )

  it('keeps each object as it was written, whatever is in it', () => {
    const value = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string().map(text => `text ${text}`.replaceAll(/[\r\n]/g, ' '))
    )
    fc.assert(
      fc.property(fc.array(value), fc.constantFrom(0, 2), (values, indent) => {
        const written = JSON.stringify(values, null, indent)
        const lines = String(json(written)[0]).split('\n').slice(0, -1)
        const read = lines.map(line => (line.startsWith('{') ? JSON.parse(line) : line))
        expect(read).toEqual(JSON.parse(written))
      })
    )
  })
})
