import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pieces, visibleText } from './text.ts'

describe('log text', () => {
  it.each([
    ['plain', '/index.html?a=1', '/index.html?a=1'],
    ['markup is left alone', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['other scripts', 'Grüße 日本 שלום 👍', 'Grüße 日本 שלום 👍'],
    ['right-to-left override', 'a\u202egnp.exe', 'a⟨202E⟩gnp.exe'],
    ['isolates', '\u2066x\u2069', '⟨2066⟩x⟨2069⟩'],
    ['zero width', 'a\u200bb\ufeff', 'a⟨200B⟩b⟨FEFF⟩'],
    ['controls', 'a\u0000\u001b[31m\n', 'a⟨0000⟩⟨001B⟩[31m⟨000A⟩'],
    ['line separator', 'a\u2028b', 'a⟨2028⟩b'],
    ['tags', '\u{e0041}', '⟨E0041⟩'],
    ['lone surrogate', 'a\ud800b', 'a⟨D800⟩b'],
    ['nothing', '', '']
  ])('%s', (_name, text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  it('marks what it spelled out, so that it cannot be mistaken for text', () => {
    expect(pieces('a⟨202E⟩\u202e')).toEqual([
      { text: 'a⟨202E⟩', escaped: false },
      { text: '⟨202E⟩', escaped: true }
    ])
  })

  it('cuts what is very long', () => {
    expect(visibleText('x'.repeat(5000))).toBe(`${'x'.repeat(2000)}…`)
  })

  it('never shows a character that cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        expect(visibleText(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
      { seed: 3, numRuns: 100 }
    )
  })
})
