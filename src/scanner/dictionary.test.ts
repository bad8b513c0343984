import { expect, it } from 'vitest'
import type { Program } from '../core/program.ts'
import { Scanner } from './scanner.ts'
import type { ScannerOptions } from './slot.ts'
import { seeded } from './testing/random.ts'

const program: Program = { steps: [{ op: 'text', field: 'a', until: '', quoted: false }], zoned: true }

/** Scans lines in chunks; gives the codes. */
function codesOf(scanner: Scanner, lines: readonly string[]): number[] {
  const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
  const codes: number[] = []
  for (let at = 0; at < bytes.length;) {
    const input = scanner.input()
    const piece = bytes.subarray(at, at + input.length)
    input.set(piece)
    scanner.filled(piece.length)
    at += piece.length
    for (let more = true; more;) {
      const scan = scanner.scan()
      const column = scan.batches[0]?.columns.get('a')
      if (column?.type === 'text') codes.push(...column.codes)
      more = scan.more
    }
  }
  return codes
}

function dictionaryOf(
  options: ScannerOptions = {}
): [Scanner, NonNullable<ReturnType<Scanner['dictionaries'][number]['get']>>] {
  const scanner = new Scanner([program], options)
  const dictionary = scanner.dictionaries[0]?.get('a')
  if (!dictionary) throw new Error('no dictionary')
  return [scanner, dictionary]
}

it('numbers values in the order in which they come', () => {
  const [scanner, dictionary] = dictionaryOf()
  expect(codesOf(scanner, ['x', 'y', '-', 'x', 'a\\"b', 'y'])).toEqual([1, 2, 0, 1, 3, 2])
  expect(dictionary.size).toBe(4)
  expect([0, 1, 2, 3, 4].map(code => dictionary.text(code))).toEqual(['', 'x', 'y', 'a"b', ''])
  expect(Buffer.from(dictionary.bytes(3)).toString()).toBe('a\\"b')
})

it('keeps apart values that differ in one byte, at every length up to 300', () => {
  const [scanner, dictionary] = dictionaryOf()
  const values: string[] = []
  for (let length = 1; length <= 300; length++) {
    values.push('a'.repeat(length), `${'a'.repeat(length - 1)}b`, `b${'a'.repeat(length - 1)}`)
  }
  const distinct = [...new Set(values)]
  const codes = codesOf(scanner, [...values, ...distinct])
  expect(dictionary.size - 1).toBe(distinct.length)
  expect(codes.slice(values.length).map(code => dictionary.text(code))).toEqual(distinct)
})

it('grows with fifty thousand values and finds each again', () => {
  const random = seeded(3)
  const values = Array.from({ length: 50_000 }, (_, i) => `${i}-${random()}`)
  const [scanner, dictionary] = dictionaryOf()
  const codes = codesOf(scanner, values)
  expect(codes).toEqual(values.map((_, i) => i + 1))
  expect(codesOf(scanner, values)).toEqual(codes)
  expect(values.every((value, i) => dictionary.text(i + 1) === value)).toBe(true)
})

it('says when it is full, by values and by bytes', () => {
  const [scanner, dictionary] = dictionaryOf({ dictionaryEntries: 2 })
  codesOf(scanner, ['x'])
  expect(dictionary.full).toBe(false)
  codesOf(scanner, ['y'])
  expect(dictionary.full).toBe(true)

  const [other, heavy] = dictionaryOf({ dictionaryBytes: 1000 })
  codesOf(other, ['x'.repeat(900)])
  expect(heavy.full).toBe(false)
  codesOf(other, ['y'.repeat(100)])
  expect(heavy.full).toBe(true)
})

it('rotates: kept values get new codes, the others are forgotten', () => {
  const [scanner, dictionary] = dictionaryOf()
  codesOf(scanner, ['x', 'y', 'z'])
  expect(dictionary.text(3)).toBe('z')
  expect([...dictionary.rotate([3, 0, 1, 99, 3])]).toEqual([0, 2, 0, 1])
  expect([dictionary.size, dictionary.generation]).toEqual([3, 1])
  expect([1, 2].map(code => dictionary.text(code))).toEqual(['z', 'x'])
  expect(codesOf(scanner, ['y', 'x', 'z'])).toEqual([3, 2, 1])
  expect([...dictionary.rotate([])]).toEqual([0, 0, 0, 0])
  expect(dictionary.size).toBe(1)
})

it('reuses memory over endless distinct values', () => {
  const [scanner, dictionary] = dictionaryOf({ dictionaryEntries: 2000, maxLine: 10_000 })
  const memory: number[] = []
  for (let round = 0; round < 30; round++) {
    codesOf(
      scanner,
      Array.from({ length: 3000 }, (_, i) => `${round}/${i}`.padEnd(20 + (i % 50) * 10))
    )
    expect(dictionary.full).toBe(true)
    dictionary.rotate([1, 2, 3])
    memory.push(dictionary.bytes(1).buffer.byteLength)
  }
  expect(memory.at(-1)).toBe(memory[5])
})
