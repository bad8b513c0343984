import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RangeStream } from '../../sources/kind.ts'
import { gather } from './batch.ts'
import { Cursor, type InputCommon } from './cursor.ts'

/** A partition with so many messages, which have so many bytes each. */
function partition(pending: number, bytes: number): RangeStream {
  const position = { offset: 0 }
  return {
    id: 'one',
    name: 'one',
    finished: false,
    pending,
    position: () => position,
    next(most) {
      const messages = Math.min(most, pending)
      return messages > 0 ? { text: '', position, messages, bytes: Math.ceil(messages * bytes) } : undefined
    },
    advance() {}
  }
}

it('a batch that has room for all messages leaves none, whatever their mean length is', () => {
  const partitions = fc.array(
    fc.record({ pending: fc.nat(5000), bytes: fc.double({ min: 1, max: 2000, noNaN: true }) }),
    { minLength: 1, maxLength: 8 }
  )
  fc.assert(
    fc.property(partitions, fc.integer({ min: 1, max: 2000 }), (all, messageBytes) => {
      const common: InputCommon = {
        source: 'web',
        uniform: true,
        maxLineBytes: undefined,
        configured: 'common',
        shared: undefined,
        messageBytes
      }
      const cursors = all.map(({ pending, bytes }) => new Cursor(partition(pending, bytes), common))
      const { pieces, behind } = gather(cursors, 1e9, 0)
      const taken = pieces.map(({ segment: { from } }) => ('range' in from ? from.range.messages : NaN))
      expect(taken).toEqual(all.flatMap(({ pending }) => (pending > 0 ? pending : [])))
      expect(behind).toBe(false)
    })
  )
})
