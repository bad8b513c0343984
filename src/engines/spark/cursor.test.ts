import { describe, expect, it } from 'vitest'
import { NO_COUNTERS } from '../../core/source.ts'
import { HOUR_MS } from '../../core/time.ts'
import { choiceNamed } from '../../reading/choose.ts'
import { QueueStream } from '../../sources/queue.ts'
import { Cursor } from './cursor.ts'
import { commonOf } from './testing/partition.ts'

/** A stream with one line each time, and what reads it. */
function reading() {
  const stream = new QueueStream('one', 'one')
  const common = commonOf({ uniform: false })
  const cursor = new Cursor(stream, common)
  const next = (now: number) => {
    stream.push(Buffer.from('a line\n'))
    const found = cursor.next(1000, now)
    if (!('piece' in found)) throw new Error('nothing is to be read')
    return found.piece
  }
  return { cursor, next }
}

describe('a cursor', () => {
  it('takes a stream for read when its batch was answered: what waited for Spark meanwhile is not late', () => {
    const { cursor, next } = reading()
    const asked = 1_000_000
    const piece = next(asked)
    const { segment } = piece
    const place = { source: 'web', stream: 'one', name: 'one', finished: false, position: segment.position }
    const result = {
      place,
      consumed: 7,
      counters: NO_COUNTERS,
      kinds: [],
      closed: 0,
      latest: 0,
      lines: [],
      last: asked
    }
    cursor.take(result, piece, asked + HOUR_MS)
    expect(next(asked + HOUR_MS + 1).segment.last).toBe(asked + HOUR_MS)
  })

  it('goes on by the fields that the log had named itself, as the embedded engine does after a restart', () => {
    const format = choiceNamed('#Fields: date time sc-status', 'its #Fields line')
    const segmentOf = (configured: string) => {
      const stream = new QueueStream('one', 'one')
      stream.push(Buffer.from('2026-11-30 10:00:00 200\n'))
      const next = new Cursor(stream, commonOf({ uniform: false, configured }), {
        id: 'one',
        name: 'one',
        position: { offset: 0 },
        format
      }).next(1000, 1)
      return 'piece' in next ? next.piece.segment : undefined
    }
    expect(segmentOf('#Fields: date time c-ip')?.format).toEqual(format)
    expect(segmentOf('common')?.format).toBeUndefined()
  })
})
