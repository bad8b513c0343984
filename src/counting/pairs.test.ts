import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Column, Dictionary } from '../core/batch.ts'
import { hashedPair } from '../core/pair.ts'
import { cellOf, distinctOf, totalOf, type Cell } from '../core/rollup.ts'
import { addToSketch, createSketch, estimate, hashText } from '../core/sketch.ts'
import { SparseCodeCounts } from './code-counts.ts'
import { flushCounts } from './flush.ts'
import { pairKeysOf } from './pairs.ts'

/** A column of texts, `null` where a line leaves them out. */
function texts(values: readonly (string | null)[]): Column {
  const all = ['', ...new Set(values.filter(value => value !== null))]
  const dictionary: Dictionary = {
    field: '',
    size: all.length,
    generation: 0,
    bytes: code => Buffer.from(all[code] ?? ''),
    text: code => all[code] ?? '',
    hash: code => hashText(all[code] ?? '')
  }
  const codes = Uint32Array.from(values, value => (value === null ? 0 : all.indexOf(value, 1)))
  return { type: 'text', codes, dictionary }
}

const text = fc.option(fc.constantFrom('a', 'b', 'c d', 'bot 1', 'ü'), { nil: null })
const pairs = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 50 })

it('makes keys of two texts, and none where either is left out', () => {
  fc.assert(
    fc.property(pairs, lines => {
      const [first, second] = [texts(lines.map(([one]) => one)), texts(lines.map(([, other]) => other))]
      const keys = pairKeysOf({ field: 'x' }, first, second)!
      const codes = keys.codes(first, second, 0, lines.length)
      for (const [i, [one, other]] of lines.entries())
        expect(codes[i] === 0 ? undefined : keys.name(codes[i]!)).toBe(
          one === null || other === null ? undefined : `${other} ${one}`
        )
    }),
    { seed: 4 }
  )
})

it('makes keys of what is derived of the first', () => {
  const [first, second] = [texts(['a1', 'b', 'a2', 'a1']), texts(['x', 'x', 'x', null])]
  const derive = (text: string): string | undefined => (text.startsWith('a') ? 'A' : undefined)
  const keys = pairKeysOf({ field: 'x' }, first, second, derive)!
  const codes = keys.codes(first, second, 0, 4)
  expect([...codes.subarray(0, 4)].map(code => code && keys.name(code))).toEqual(['x A', 0, 'x A', 0])
})

it('makes hashes of two texts, the same in all dictionaries, and none of those that are excepted', () => {
  const except = (agent: string): string | undefined => (agent.startsWith('bot') ? agent : undefined)
  fc.assert(
    fc.property(pairs, lines => {
      const [first, second] = [texts(lines.map(([one]) => one)), texts(lines.map(([, other]) => other))]
      const keys = pairKeysOf({ field: 'x', hashed: { except } }, first, second)!
      const codes = keys.codes(first, second, 0, lines.length)
      for (const [i, [one, other]] of lines.entries()) {
        const counts = one !== null && except(other ?? '') === undefined
        expect(codes[i] === 0 ? undefined : keys.name(codes[i]!)).toBe(
          counts ? hashedPair(one, other ?? undefined) : undefined
        )
      }
    }),
    { seed: 5 }
  )
  const [one] = [texts(['a'])]
  const keys = pairKeysOf({ field: 'x', hashed: { except } }, one)!
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), code => {
      expect(keys.hash(code)).toBe(hashText(keys.name(code)))
    }),
    { seed: 6 }
  )
})

it('counts hashed pairs beyond a limit by their hashes, and how many they are is the same', () => {
  const [clients, except] = [Array.from({ length: 3000 }, (_, i) => `client ${i}`), () => undefined]
  const column = texts(clients)
  const keys = pairKeysOf({ field: 'x', hashed: { except } }, column)!
  const codes = keys.codes(column, undefined, 0, clients.length).slice()
  const flushed = (limit: number): Cell => {
    const cell = cellOf(new Map(), 0, 's', 'visitor')
    for (let from = 0; from < codes.length; from += 750) {
      const counts = new SparseCodeCounts()
      for (const code of codes.subarray(Math.max(0, from - 10), from + 750)) counts.add(code, 2, 3)
      flushCounts(counts, keys, cell, limit)
    }
    return cell
  }
  const [all, few] = [flushed(10_000), flushed(1000)]
  expect([all.keys.size, all.sketch]).toEqual([3000, undefined])
  expect(few.keys.size).toBeLessThanOrEqual(2000)
  expect(few.keys.size).toBeGreaterThanOrEqual(1000)
  expect(totalOf(few)).toEqual(totalOf(all))
  const sketch = createSketch()
  for (const key of all.keys.keys()) addToSketch(sketch, key)
  expect(distinctOf(few)).toBe(estimate(sketch))
})
