import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineField } from '../core/fields.ts'
import type { Derivation } from './kind.ts'

/** Texts that anybody could write to a log. */
const hostile = fc.oneof(
  fc.string({ maxLength: 600, unit: 'binary' }),
  fc
    .constantFrom('a', ';', '(', ' ', '/', ':', '.', '1', '+', '"', '<', 'Mozilla/5.0 (')
    .map(text => text.repeat(50_000)),
  fc.constantFrom('\ud800', '\u2028', '\n', '\0', '١.2.3.4', 'İ', 'ſ', '1e3', 'toString', '__proto__')
)

/**
 * What every derived field keeps to, whatever the text. `texts` are some that are met in logs, of which at least one has an
 * answer.
 */
export function derivedContract(derivation: Derivation, texts: readonly string[]): void {
  const { name, from, maxLength, version, kinds } = derivation
  const derive = (text: string): string | undefined => derivation.derive(text)
  const met = fc.constantFrom(...texts)
  const any = fc.oneof(
    hostile,
    met,
    fc.tuple(met, fc.nat(200)).map(([text, cut]) => text.slice(cut)),
    fc.tuple(met, hostile).map(([text, more]) => text + more),
    fc.tuple(met, met, fc.nat(60)).map(([one, other, cut]) => one.slice(0, cut) + other.slice(cut))
  )

  describe(`the derived field ${name}`, () => {
    it('is derived of a text field of the same logs, and has a name, a version and words of its own', () => {
      expect(lineField(from)).toMatchObject({ type: 'text' })
      expect(lineField(from)?.kinds).toEqual(expect.arrayContaining([...kinds]))
      expect(lineField(name)).toBeUndefined()
      for (const text of [name, derivation.title, derivation.summary, version]) expect(text).toMatch(/\S/)
      expect(version).toBe(derivation.version)
    })

    it('has an answer for some texts', () => {
      expect(texts.some(text => derive(text) !== undefined)).toBe(true)
    })

    it('takes any text, and answers with a text of bounded length or not at all', () => {
      fc.assert(
        fc.property(any, text => {
          const answer = derive(text)
          expect(answer?.length ?? 0).toBeLessThanOrEqual(maxLength)
        }),
        { seed: 6, numRuns: 500 }
      )
    })

    it('gives the same answers in any order, however often it is asked', () => {
      fc.assert(
        fc.property(fc.array(any, { minLength: 2, maxLength: 8 }), some => {
          const answers = some.map(derive)
          expect(some.toReversed().map(derive)).toEqual(answers.toReversed())
          expect(some.map(derive)).toEqual(answers)
        }),
        { seed: 7, numRuns: 200 }
      )
    })
  })
}
