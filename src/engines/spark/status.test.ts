import { describe, expect, it } from 'vitest'
import { EngineRecord, type WaitingStream } from './status.ts'

const FACTS = { name: 'Spark 4.2.0 at sc://127.0.0.1:15002', executors: 2, cores: 4 }

const stream = (name: string, pending: number, rides: boolean): WaitingStream => ({
  stream: { name, pending },
  rides,
  wanted: rides ? pending : pending * 100
})

function made() {
  let now = 1_000_000
  const record = new EngineRecord(() => now)
  return { record, pass: (millis: number) => void (now += millis) }
}

describe('how the engine stands', () => {
  it('begins, works, waits', () => {
    const { record } = made()
    expect(record.status(FACTS, [])).toEqual({
      ...FACTS,
      state: 'starting',
      detail: 'brings the worker to the executors',
      lag: [],
      behind: {}
    })
    record.ready()
    expect(record.status(FACTS, [])).toMatchObject({ state: 'waiting', detail: 'waits for lines' })
    record.began(2, 5_000_000)
    expect(record.status(FACTS, [])).toMatchObject({ state: 'working', detail: 'reads 5.0 MB in 2 tasks' })
    record.ended(300, 20_000)
    expect(record.status(FACTS, [])).toMatchObject({
      state: 'waiting',
      batch: { p50: 300, p99: 300, last: 300, rowsPerSecond: 20_000, tasks: 2 }
    })
  })

  it('tells of a failure since when it lasts, how often it was tried, and what is next; and that it is over', () => {
    const { record, pass } = made()
    let told = 0
    record.onChange = () => told++
    record.began(1, 10)
    record.failed({ message: 'nobody answers', attempts: 1, delay: 200 })
    pass(5000)
    record.failed({ message: 'still nobody', attempts: 2, delay: 3500 })
    const { state, failure, detail } = record.status(FACTS, [])
    expect({ state, failure }).toEqual({
      state: 'failing',
      failure: { message: 'still nobody', since: 1_000_000, attempts: 2 }
    })
    expect(detail).toBe(
      'asks for the same batch again in 4s, for the 3rd time; nothing is lost or counted twice'
    )
    expect(record.problem).toBe('still nobody')
    record.ended(100, 1)
    expect(record.status(FACTS, [])).not.toHaveProperty('failure')
    expect(told).toBe(3)
  })

  it('shows what waits, the most first, and when it will be gone at the present speed', () => {
    const { record, pass } = made()
    record.status(FACTS, [stream('a', 5000, false)])
    pass(5000)
    const streams = [stream('a', 2500, false), stream('b', 50_000, true), stream('c', 0, true)]
    const { lag, behind, catchUp } = record.status(FACTS, streams)
    expect(lag).toEqual([
      { stream: 'a', messages: 2500 },
      { stream: 'b', bytes: 50_000 }
    ])
    expect(behind).toEqual({ messages: 2500, bytes: 50_000 })
    // 200,000 of 500,000 bytes in five seconds: the other 300,000 take seven and a half.
    expect(catchUp).toBe(7500)
    pass(1000)
    expect(record.status(FACTS, [stream('a', 9000, false)]).catchUp).toBeUndefined()
  })
})
