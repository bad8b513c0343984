import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountedFraming, PlainMessages } from './framing.ts'

/** What comes out as lines of bytes that are cut at these places. */
function framed(bytes: Buffer, cuts: readonly number[] = []): string {
  const out: Buffer[] = []
  const framing = new CountedFraming(new PlainMessages(part => out.push(Buffer.from(part))))
  const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  for (let i = 1; i < places.length; i++) framing.take(bytes.subarray(places[i - 1], places[i]))
  framing.finish()
  return Buffer.concat(out).toString('latin1')
}

const cuts = fc.array(fc.nat(), { maxLength: 8 })
const line = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map(bytes => Buffer.from(bytes).toString('latin1').replaceAll('\n', ' '))

describe('messages with their length', () => {
  it('come out as lines, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(line), cuts, (lines, cuts) => {
        const bytes = Buffer.from(lines.map(text => `${text.length} ${text}`).join(''), 'latin1')
        expect(framed(bytes, cuts)).toBe(lines.map(text => `${text}\n`).join(''))
      })
    )
  })

  it('and without, mixed', () => {
    const mixed = fc.tuple(line, fc.boolean())
    fc.assert(
      fc.property(fc.array(mixed), cuts, (messages, cuts) => {
        const plain = messages.map(([text, counts]) => (counts ? text : `<${text}`))
        const sent = messages.map(([text, counts]) => (counts ? `${text.length} ${text}` : `<${text}\n`))
        const bytes = Buffer.from(sent.join(''), 'latin1')
        expect(framed(bytes, cuts)).toBe(plain.map(text => `${text}\n`).join(''))
      })
    )
  })

  it.each([
    ['line ends between them are skipped', '3 abc\n3 def\n\n', 'abc\ndef\n'],
    ['a line end that is counted is not doubled', '4 abc\n4 def\n', 'abc\ndef\n'],
    ['one that holds several lines is several', '7 abc\ndef', 'abc\ndef\n'],
    ['digits without a space begin a line', '127.0.0.1 - -\n3 abc', '127.0.0.1 - -\nabc\n'],
    ['a length of too many digits begins a line', '1234567890 x\n', '1234567890 x\n'],
    ['a length does not begin with 0', '03 abc\n', '03 abc\n'],
    ['half a message is half a line', '10 abc', 'abc'],
    ['half a length is half a line', '3 abc12', 'abc\n12']
  ])('%s', (_, sent, lines) => expect(framed(Buffer.from(sent))).toBe(lines))
})
