import { describe, expect, it } from 'vitest'
import { NO_COUNTERS } from '../../core/source.ts'
import { HOUR_MS } from '../../core/time.ts'
import { QueueStream } from '../../sources/queue.ts'
import { Cursor } from './cursor.ts'

/** A stream with one line each time, and what reads it. */
function reading() {
  const stream = new QueueStream('one', 'one')
  const common = {
    source: 'web',
    uniform: false,
    maxLineBytes: undefined,
    configured: 'common',
    shared: undefined,
    messageBytes: 300
  }
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
})
