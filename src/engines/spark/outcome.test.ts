import { expect, it } from 'vitest'
import { NO_COUNTERS } from '../../core/source.ts'
import { MINUTE, SECOND } from '../../core/time.ts'
import { Cursor } from './cursor.ts'
import { outcomeOf } from './outcome.ts'
import type { SegmentResult, TaskAnswer } from './protocol.ts'
import { commonOf, Partition } from './testing/partition.ts'

const plan = {
  name: 'test',
  sources: [],
  window: 10 * SECOND,
  lateness: MINUTE,
  aging: true,
  country: false,
  limit: 1000,
  signals: []
}

/** What came of the first twenty of fifty messages. */
function twentyOfFifty() {
  const cursor = new Cursor(new Partition('logs/0', 50), commonOf())
  expect(cursor.wanted).toBe(50 * 300)
  const next = cursor.next(20 * 300, 0)
  if (!('piece' in next)) throw new RangeError('there is nothing to read')
  const { segment } = next.piece
  const bytes = 200 * 20
  const result: SegmentResult = {
    place: {
      ...segment,
      format: { name: 'common', text: 'common', why: 'it is configured' },
      position: { offset: bytes }
    },
    consumed: 0,
    counters: { ...NO_COUNTERS, bytes, read: 20, parsed: 20 },
    kinds: ['access'],
    closed: 0,
    latest: 0,
    lines: []
  }
  return [{ cursor, result, position: cursor.take(result, next.piece, 0) }]
}

it('reports what waits of ranges in bytes, by how long their messages are', () => {
  const answer = { tasks: [], counts: { rollup: [], signals: [] } }
  const { progress } = outcomeOf(plan, answer, twentyOfFifty(), { read: 0, counted: 0 }, false)
  expect(progress).toEqual([expect.objectContaining({ stream: 'web/logs/0', pending: 30 * 200 })])
})

it('has the evidence of several tasks in the order of time', () => {
  const task = (times: readonly number[]): TaskAnswer => ({
    task: 0,
    segments: [],
    rejected: [],
    events: [],
    evidence: times.map(time => ({ signal: 's', key: '', source: 'web', kind: 'access', time, text: '' }))
  })
  const cell = {
    window: 0,
    source: 'web',
    metric: 's',
    keys: [],
    otherCount: 5,
    otherSum: 0,
    sketch: undefined
  }
  const signals = [{ ...cell, counts: new Float64Array(), sums: new Float64Array() }]
  const answer = { tasks: [task([5, 9]), task([1, 7]), task([6])], counts: { rollup: [], signals } }
  const { progress } = outcomeOf(plan, answer, twentyOfFifty(), { read: 0, counted: 0 }, false)
  expect(progress[0]?.signals?.lines.map(({ time }) => time)).toEqual([1, 5, 6, 7, 9])
})
