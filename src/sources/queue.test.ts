import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteQueue, QueueStream } from './queue.ts'

describe('ByteQueue', () => {
  it('gives what was put in, in order, however it is cut', () => {
    const step = fc.record({ put: fc.uint8Array({ maxLength: 3000 }), take: fc.nat(4000) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const queue = new ByteQueue()
        let all = Buffer.alloc(0)
        for (const { put, take } of steps) {
          queue.push(put)
          all = Buffer.concat([all, put])
          expect(queue.length).toBe(all.length)
          const into = Buffer.alloc(take)
          const count = queue.peek(into)
          expect(into.subarray(0, count).equals(all.subarray(0, take))).toBe(true)
          queue.drop(count)
          all = all.subarray(count)
        }
      })
    )
  })
})

describe('QueueStream', () => {
  it('has half a line looked at again when it has doubled, not with each byte', () => {
    const stream = new QueueStream('s', 's')
    const into = Buffer.alloc(1 << 20)
    let offers = 0
    for (let i = 0; i < 1 << 17; i++) {
      stream.push(Uint8Array.of(120))
      if (!stream.waiting) continue
      offers++
      stream.offer()
      stream.read(into)
      stream.advance(0)
    }
    expect(offers).toBe(18)
    stream.push(Uint8Array.of(10))
    expect(stream.waiting).toBe(true)
  })
})
