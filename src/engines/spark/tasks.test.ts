import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deal, type Piece } from './tasks.ts'

const MIB = 1 << 20
const piece = (mib: number, group?: string): Piece => ({ bytes: mib * MIB, group })

const somePieces = fc.array(
  fc.record({
    bytes: fc.nat(20 * MIB),
    group: fc.option(fc.constantFrom('a', 'b'), { nil: undefined })
  })
)

describe('dealing out', () => {
  it('makes one task of little, in the order given', () => {
    const pieces = [piece(0.1), piece(1), piece(0.5)]
    expect(deal(pieces, 8)).toEqual([pieces])
  })

  it('makes as many tasks as there are cores where there is much, about as large as each other', () => {
    const pieces = Array.from({ length: 64 }, (_, i) => piece(1 + (i % 3)))
    const tasks = deal(pieces, 8)
    const sizes = tasks.map(task => task.reduce((sum, { bytes }) => sum + bytes, 0))
    expect(tasks).toHaveLength(8)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(3 * MIB)
  })

  it('puts each piece into one task, groups together and in order', () => {
    fc.assert(
      fc.property(somePieces, fc.integer({ min: 1, max: 9 }), (pieces, cores) => {
        const tasks = deal(pieces, cores)
        expect(tasks.length).toBeLessThanOrEqual(cores)
        expect(new Set(tasks.flat())).toEqual(new Set(pieces))
        expect(tasks.flat()).toHaveLength(pieces.length)
        for (const task of tasks) {
          const at = task.map(one => pieces.indexOf(one))
          expect(at).toEqual(at.toSorted((a, b) => a - b))
        }
        for (const name of ['a', 'b'])
          expect(tasks.filter(task => task.some(({ group }) => group === name)).length).toBeLessThanOrEqual(1)
        if (pieces.length > 0) expect(tasks.every(task => task.length > 0)).toBe(true)
      })
    )
  })
})
