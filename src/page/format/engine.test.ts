import { describe, expect, it } from 'vitest'
import type { WatchedEngine } from '../../server/api-types.ts'
import { isGrowing, outlookText, waitingText, webAddress } from './engine.ts'

const american = new Intl.NumberFormat().resolvedOptions().locale === 'en-US'

const engine = (more: Partial<WatchedEngine>): WatchedEngine => ({
  name: 'Spark',
  state: 'working',
  detail: '',
  lag: [],
  history: { to: 0, messages: [], bytes: [], batch: [] },
  ...more
})

const messages = (values: readonly (number | null)[]): WatchedEngine['history'] => ({
  to: 0,
  messages: values,
  bytes: [],
  batch: []
})

describe.skipIf(!american)('what waits, as written in American English', () => {
  it.each([
    [{}, ''],
    [{ messages: 0 }, '0 messages'],
    [{ messages: 1 }, '1 message'],
    [{ messages: 1234, bytes: 0 }, '1,234 messages'],
    [{ messages: 2, bytes: 3400 }, '2 messages and 3.40 kB'],
    [{ bytes: 0 }, '0 B']
  ])('%j: %j', (amount, text) => expect(waitingText(amount)).toBe(text))
})

/** A thousand lines a second, in batches of half a second. */
const BATCH = { p50: 500, p99: 900, last: 450, rowsPerSecond: 1000, tasks: 2 }

describe('the outlook', () => {
  const rising = messages(Array.from({ length: 299 }, (_, i) => i))
  it.each<[string, Partial<WatchedEngine>, string | undefined]>([
    ['nothing known', {}, undefined],
    ['nothing waits', { behind: { messages: 0, bytes: 0 } }, 'nothing waits'],
    ['a moment', { behind: { messages: 5 }, catchUp: 999 }, 'caught up in a moment'],
    ['seconds', { behind: { messages: 5 }, catchUp: 40_400 }, 'caught up in about 40 s'],
    ['minutes', { behind: { bytes: 5 }, catchUp: 150_000 }, 'caught up in about 3 min'],
    ['not known', { behind: { messages: 5 } }, undefined],
    ['between batches', { behind: { messages: 2000 }, catchUp: 17_000, batch: BATCH }, 'keeps up'],
    [
      'more than that',
      { behind: { messages: 2001 }, catchUp: 17_000, batch: BATCH },
      'caught up in about 17 s'
    ],
    [
      'of a flood',
      { behind: { messages: 5 }, catchUp: 1200, batch: BATCH, history: messages([2001, 5]) },
      'caught up in about 1 s'
    ],
    ['growing', { behind: { messages: 298 }, history: rising }, 'growing'],
    [
      'failing',
      { behind: { messages: 5 }, catchUp: 1000, state: 'failing' },
      'waits until the engine works again'
    ]
  ])('%s', (_, more, text) => expect(outlookText(engine(more))).toBe(text))
})

describe('values that only grow', () => {
  const of = (value: (i: number) => number | null): (number | null)[] =>
    Array.from({ length: 299 }, (_, i) => value(i))
  it.each<[string, (number | null)[], boolean]>([
    ['rise', of(i => i), true],
    ['stay', of(() => 5), false],
    ['fall', of(i => -i), false],
    ['go up and down between batches', of(i => i % 7), false],
    ['were not known before', of(i => (i < 280 ? null : 9)), false],
    ['are not known now', of(i => (i < 280 ? 9 : null)), false],
    ['there are none', [], false]
  ])('%s', (_, values, growing) => expect(isGrowing(values)).toBe(growing))
})

describe('an address to follow', () => {
  it.each([
    ['http://spark:4040', 'http://spark:4040/'],
    ['https://spark.example.org/proxy/app?a=1', 'https://spark.example.org/proxy/app?a=1'],
    ['javascript:alert(1)', undefined],
    ['JavaScript:alert(1)', undefined],
    [' \tjava\nscript:alert(1)', undefined],
    ['data:text/html,<script>alert(1)</script>', undefined],
    ['//spark:4040', undefined],
    ['spark', undefined],
    ['', undefined],
    [undefined, undefined]
  ])('%j: %j', (text, address) => expect(webAddress(text)).toBe(address))
})
