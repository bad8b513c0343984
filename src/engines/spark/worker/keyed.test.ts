import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyedLines } from './keyed.ts'

/** Reads as a pipe does: some bytes at a time. */
function readerOf(bytes: Buffer, steps: readonly number[]): (into: Buffer) => number {
  let at = 0
  let step = 0
  return into => {
    const count = Math.min(into.length, (steps[step++ % steps.length] ?? 0) + 1, bytes.length - at)
    bytes.copy(into, 0, at, at + count)
    at += count
    return count
  }
}

/** As Spark writes it: characters of ISO-8859-1 in UTF-8. */
function rowsOf(lines: readonly (readonly [key: string, line: Uint8Array])[]): Buffer {
  return Buffer.from(lines.map(([key, line]) => `${key}\t${Buffer.from(line).toString('latin1')}\n`).join(''))
}

it('gives each line byte for byte under its key, however it comes in', () => {
  const line = fc.uint8Array({ maxLength: 40 }).map(bytes => bytes.filter(byte => byte !== 10))
  const lines = fc.array(fc.tuple(fc.constantFrom('A 0 10', 'A 10 10', 'B 0 5'), line), { maxLength: 30 })
  fc.assert(
    fc.property(
      lines,
      fc.array(fc.nat(50), { minLength: 1 }),
      fc.integer({ min: 1, max: 64 }),
      (given, steps, size) => {
        const found: [string, Buffer][] = []
        for (const { key, bytes } of keyedLines(readerOf(rowsOf(given), steps), size)) {
          const last = found.at(-1)
          if (last?.[0] === key) last[1] = Buffer.concat([last[1], bytes])
          else found.push([key, Buffer.from(bytes)])
        }
        const wanted: [string, Buffer][] = []
        for (const [key, bytes] of given) {
          const last = wanted.at(-1)
          const whole = Buffer.concat([bytes, Buffer.of(10)])
          if (last?.[0] === key) last[1] = Buffer.concat([last[1], whole])
          else wanted.push([key, whole])
        }
        expect(found).toEqual(wanted)
      }
    ),
    { seed: 14, numRuns: 300 }
  )
})

it('takes rows that were cut off for what they are', () => {
  const cut = rowsOf([
    ['A 0 10', Buffer.from('one')],
    ['A 0 10', Buffer.from('two')]
  ]).subarray(0, -2)
  expect(() => [...keyedLines(readerOf(cut, [1000]))]).toThrow('the last row has no end')
})
