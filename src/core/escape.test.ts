import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, escapeText, type EscapeStyle } from './escape.ts'

const bytes = (latin1: string): Uint8Array => new Uint8Array(Buffer.from(latin1, 'latin1'))
const encodeText = (text: string, style: EscapeStyle): Uint8Array =>
  new TextEncoder().encode(escapeText(text, style))

describe('decodeText', () => {
  it.each<[written: string, text: string]>([
    ['', ''],
    ['plain', 'plain'],
    [String.raw`a\"b\\c`, 'a"b\\c'],
    [String.raw`\b\f\n\r\t\v`, '\b\f\n\r\t\v'],
    [String.raw`\x41\x7a\xC3\xbC`, 'Azü'],
    [String.raw`\xc3\xa4\xc3`, 'ä\ufffd'],
    [String.raw`\\x41`, String.raw`\x41`],
    [String.raw`\q \x4 \x4g \xg4`, String.raw`\q \x4 \x4g \xg4`],
    ['ends in \\', 'ends in \\'],
    ['\xc3\xa9 raw', 'é raw'],
    ['\xff\x00', '\ufffd\0'],
    ['\xef\xbb\xbfBOM', '\ufeffBOM']
  ])('reads %j', (written, text) => expect(decodeText(bytes(written))).toBe(text))
})

describe('escapeText', () => {
  it.each<[text: string, access: string, error: string]>([
    ['plain ~', 'plain ~', 'plain ~'],
    ['say "hi"', String.raw`say \"hi\"`, 'say "hi"'],
    ['a\\b', String.raw`a\\b`, String.raw`a\\b`],
    ['\b\t\n\v\r', String.raw`\b\t\n\v\r`, String.raw`\b\t\n\v\r`],
    ['\0\f\x1b\x7f', String.raw`\x00\x0c\x1b\x7f`, String.raw`\x00\x0c\x1b\x7f`],
    ['ü', String.raw`\xc3\xbc`, String.raw`\xc3\xbc`]
  ])('writes %j', (text, access, error) => {
    expect(escapeText(text, 'access')).toBe(access)
    expect(escapeText(text, 'error')).toBe(error)
  })

  it('is undone by decodeText', () => {
    const style = fc.constantFrom<EscapeStyle>('access', 'error')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), style, (text, style) => {
        expect(decodeText(encodeText(text, style))).toBe(text.toWellFormed())
      }),
      { seed: 1, numRuns: 500 }
    )
  })
})
