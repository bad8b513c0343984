import { describe, expect, it } from 'vitest'
import type { EngineStatus } from '../core/progress.ts'
import type { Status } from '../server/api-types.ts'
import { engineNews, statusLine } from './follow.ts'

const counters = { read: 12_345, parsed: 12_300, rejected: 40, late: 5, bytes: 1 }
const source = { name: 'a', kinds: [], state: 'reading', detail: '', counters, streams: [] } as const
const status: Status = {
  now: Date.UTC(2026, 0, 1, 12, 0, 5),
  version: '0',
  started: 0,
  counters,
  sources: [
    { ...source, rate: 1000, lag: { bytes: 500 } },
    { ...source, rate: 234, lag: { bytes: 700 } }
  ],
  rates: { to: 0, read: [], rejected: [] },
  lines: [],
  store: { rows: 0, bytes: 0 }
}

/** The status with an engine that reports this. */
function elsewhere(more: Partial<EngineStatus>): Status {
  const engine: EngineStatus = { name: 'Spark', state: 'working', detail: 'counts a batch', lag: [], ...more }
  return { ...status, engine: { ...engine, history: { to: 0, messages: [], bytes: [], batch: [] } } }
}

it('one line tells rate, counters and lag of all sources', () => {
  expect(statusLine(status)).toBe(
    '12:00:05Z  1,234 lines/s  12,345 read = 12,300 parsed + 40 rejected + 5 late  1.2 kB behind'
  )
  const held = [{ ...source, rate: 0, lag: { bytes: 0 } }].flatMap(source => [
    { ...source, name: 'shop', held: 12_345 },
    { ...source, name: 'quick', held: 999 }
  ])
  expect(statusLine({ ...status, sources: held })).toMatch(/ 0 B behind {2}shop waits for the store: 12 s$/)
})

describe('an engine elsewhere', () => {
  it.each<[Partial<EngineStatus>, RegExp]>([
    [{}, /late {2}1\.2 kB behind$/],
    [{ behind: {} }, /late {2}lag unknown$/],
    [{ behind: { messages: 0, bytes: 0 } }, /late {2}0 messages behind$/],
    [
      { behind: { messages: 1234, bytes: 0 }, catchUp: 40_000 },
      /1,234 messages behind, caught up in about 40 s$/
    ],
    [{ behind: { messages: 1, bytes: 5000 } }, /late {2}1 message and 5\.0 kB behind$/]
  ])('stands in the line: %j', (engine, text) => expect(statusLine(elsewhere(engine))).toMatch(text))

  it('that fails is told of once, and once that it works again', () => {
    const failure = { message: 'connection\x1b[2J refused', since: status.now - 65_000, attempts: 4 }
    const fails = elsewhere({ failure, detail: 'asks again in 5 s' })
    const works = elsewhere({})
    expect(engineNews(works, undefined)).toEqual([])
    expect(engineNews(fails, works.engine)).toEqual([
      String.raw`Spark fails: connection\x1b[2J refused; asks again in 5 s`
    ])
    expect(engineNews(fails, undefined)).toHaveLength(1)
    expect(engineNews(fails, fails.engine)).toEqual([])
    expect(engineNews(works, fails.engine)).toEqual(['Spark works again, after 1 min 5 s and 4 attempts'])
    expect(engineNews(works, works.engine)).toEqual([])
    expect(engineNews(status, undefined)).toEqual([])
  })
})
