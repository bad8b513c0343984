import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import type { SourceStatus, Status } from '../../server/api-types.ts'
import { unreadOf } from './unread.ts'

const NOW = 10 * HOUR_MS
const STREAM = { name: 'a.log', offset: 1, pending: 0 }

const source = (more: Partial<SourceStatus>): SourceStatus => ({
  name: 'web',
  kinds: [],
  state: 'reading',
  detail: '',
  rate: 0,
  lag: { bytes: 0 },
  counters: { read: 0, parsed: 0, rejected: 0, late: 0, bytes: 0 },
  streams: [STREAM],
  ...more
})

const unread = (
  more: Partial<SourceStatus>,
  status: Partial<Pick<Status, 'started' | 'engine' | 'store'>> = {},
  wanted?: readonly string[]
): string[] =>
  unreadOf(
    { now: NOW, started: 0, sources: [source(more)], store: { rows: 0, bytes: 0 }, ...status },
    NOW - MINUTE_MS,
    wanted
  )

describe('what was not read yet', () => {
  it.each([
    ['nothing of a source that has read all', {}, {}, []],
    [
      'nothing of one that reads all the time, a little behind',
      { lag: { bytes: 9000, seconds: 30 } },
      {},
      []
    ],
    ['what is behind by more', { lag: { bytes: 9e6, seconds: 90 } }, {}, ['web is 9.0 MB behind']],
    ['what is behind nobody knows how far', { lag: { bytes: 9000 } }, {}, ['web is 9.0 kB behind']],
    [
      'a source that cannot be read',
      { state: 'problem' as const, detail: 'b:9092 refuses' },
      {},
      ['web: b:9092 refuses']
    ],
    [
      'a source that was not looked at since the start',
      { streams: [] },
      { started: NOW - 10 * SECOND_MS },
      ['web was not looked at yet']
    ],
    ['nothing of one in which nothing is new', { streams: [] }, { started: NOW - MINUTE_MS }, []],
    [
      'a store that cannot be written',
      {},
      { store: { rows: 0, bytes: 0, failure: 'disk full' } },
      ['the store cannot be written: disk full']
    ]
  ])('is %s', (_, more, status, expected) => expect(unread(more, status)).toEqual(expected))

  it('is of the wanted sources alone', () => {
    expect(unread({ lag: { bytes: 1 } }, {}, ['api'])).toEqual([])
  })
})
