import { expect, it } from 'vitest'
import type { Status } from '../server/api-types.ts'
import { statusLine } from './follow.ts'

it('one line tells rate, counters and lag of all sources', () => {
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
  expect(statusLine(status)).toBe(
    '12:00:05Z  1,234 lines/s  12,345 read = 12,300 parsed + 40 rejected + 5 late  1.2 kB behind'
  )
  const held = [{ ...source, rate: 0, lag: { bytes: 0 } }].flatMap(source => [
    { ...source, name: 'shop', held: 12_345 },
    { ...source, name: 'quick', held: 999 }
  ])
  expect(statusLine({ ...status, sources: held })).toMatch(/ 0 B behind {2}shop waits for the store: 12 s$/)
})
