import { describe, expect, it } from 'vitest'
import { EngineRecord, type WaitingInput } from './status.ts'

const FACTS = { name: 'Spark 4.2.0 at sc://127.0.0.1:15002', executors: 2, cores: 4 }

/** A source that counts bytes or messages, with what waits of its streams. */
const input = (rides: boolean, waiting: Readonly<Record<string, number>>): WaitingInput => ({
  rides,
  open: Object.entries(waiting).map(([name, pending]) => ({
    stream: { name, pending },
    wanted: rides ? pending : pending * 100
  }))
})

function made() {
  let now = 1_000_000
  const record = new EngineRecord(() => now)
  return { record, pass: (millis: number) => void (now += millis) }
}

describe('how the engine stands', () => {
  it('begins, works, waits', () => {
    const { record } = made()
    expect(record.status(FACTS, [input(false, {}), input(true, {})])).toEqual({
      ...FACTS,
      state: 'starting',
      detail: 'brings the worker to the executors',
      lag: [],
      behind: { messages: 0, bytes: 0 }
    })
    expect(record.status(FACTS, [input(true, { 'a.log': 0 })]).behind).toEqual({ bytes: 0 })
    expect(record.status(FACTS, [input(false, {})]).behind).toEqual({ messages: 0 })
    record.ready()
    expect(record.status(FACTS, [])).toMatchObject({ state: 'waiting', detail: 'waits for lines' })
    record.began(2, 5_000_000)
    expect(record.status(FACTS, [])).toMatchObject({ state: 'working', detail: 'reads 5.0 MB in 2 tasks' })
    record.began(1, 1234)
    expect(record.status(FACTS, []).detail).toBe('reads 1.2 kB in 1 task')
    record.began(2, 5_000_000)
    record.ended(300, 20_000)
    expect(record.status(FACTS, [])).toMatchObject({
      state: 'waiting',
      batch: { p50: 300, p99: 300, last: 300, rowsPerSecond: 20_000, tasks: 2 }
    })
  })

  it('tells of an archive that cannot be written, behind failures of its own', () => {
    const failure = {
      message: 'lines cannot be archived: no room',
      since: 1000,
      attempts: 3,
      next: 1_004_000
    }
    const record = new EngineRecord(
      () => 1_000_000,
      () => ({ unstored: 7, failure })
    )
    record.ready()
    expect(record.status(FACTS, [])).toMatchObject({
      state: 'failing',
      failure: { message: 'lines cannot be archived: no room', since: 1000, attempts: 3 },
      detail: expect.stringMatching(/^writes the same lines again in 4 s;/)
    })
    record.failed({ message: 'nobody', attempts: 1, delay: 500 })
    expect(record.status(FACTS, []).failure?.message).toBe('nobody')
  })

  it('tells how many lines are read and not archived yet', () => {
    let unstored = 300_000
    const record = new EngineRecord(
      () => 1_000_000,
      () => ({ unstored })
    )
    record.ready()
    expect(record.status(FACTS, []).detail).toBe('archives 300,000 lines, whose counts are stored with them')
    unstored = 0
    expect(record.status(FACTS, []).detail).toBe('waits for lines')
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
      'asks for the same batch again in 4 s, for the 3rd time; nothing is lost or counted twice'
    )
    expect(record.problem).toBe('still nobody')
    record.ended(100, 1)
    expect(record.status(FACTS, [])).not.toHaveProperty('failure')
    expect(told).toBe(3)
  })

  it('shows what waits, the most first, and when it will be gone at the present speed', () => {
    const { record, pass } = made()
    record.status(FACTS, [input(false, { a: 5000 })])
    pass(5000)
    const streams = [input(false, { a: 2500 }), input(true, { b: 50_000, c: 0 })]
    const { lag, behind, catchUp } = record.status(FACTS, streams)
    expect(lag).toEqual([
      { stream: 'a', messages: 2500 },
      { stream: 'b', bytes: 50_000 }
    ])
    expect(behind).toEqual({ messages: 2500, bytes: 50_000 })
    // 200,000 of 500,000 bytes in five seconds: the other 300,000 take seven and a half.
    expect(catchUp).toBe(7500)
    pass(1000)
    expect(record.status(FACTS, [input(false, { a: 9000 })]).catchUp).toBeUndefined()
    pass(2000)
    // A third in two seconds, whatever waited before that was most.
    expect(record.status(FACTS, [input(false, { a: 6000 })]).catchUp).toBe(4000)
  })
})
