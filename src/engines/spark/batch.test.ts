import fc from 'fast-check'
import { expect, it } from 'vitest'
import { gather } from './batch.ts'
import { Cursor } from './cursor.ts'
import { commonOf, Partition } from './testing/partition.ts'

it('a batch that has room for all messages leaves none, whatever their mean length is', () => {
  const partitions = fc.array(
    fc.record({ pending: fc.nat(5000), bytes: fc.double({ min: 1, max: 2000, noNaN: true }) }),
    { minLength: 1, maxLength: 8 }
  )
  fc.assert(
    fc.property(partitions, fc.integer({ min: 1, max: 2000 }), (all, messageBytes) => {
      const common = commonOf({ messageBytes })
      const cursors = all.map(
        ({ pending, bytes }, i) => new Cursor(new Partition(`logs/${i}`, pending, bytes), common)
      )
      const { pieces, behind } = gather(cursors, 1e9, 0)
      const taken = pieces.map(({ segment: { from } }) => ('range' in from ? from.range.messages : NaN))
      expect(taken).toEqual(all.flatMap(({ pending }) => (pending > 0 ? pending : [])))
      expect(behind).toBe(false)
    })
  )
})
