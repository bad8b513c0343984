import { SECOND, MINUTE_MS } from '../core/time.ts'
import { describe, expect, it } from 'vitest'
import type { EngineStatus, Progress } from '../core/progress.ts'
import type { CellRows } from '../core/rows.ts'
import { totalOf } from '../core/rollup.ts'
import { Live } from './live.ts'
import { Rates } from './rates.ts'
import { windowRecord, Windows } from './windows.ts'

function row(window: number, count: number, source = 'web'): CellRows {
  return {
    window,
    source,
    metric: 'requests',
    keys: [''],
    counts: Float64Array.of(count),
    sums: Float64Array.of(0),
    otherCount: 0,
    otherSum: 0,
    sketch: undefined
  }
}

function progress(more: Partial<Progress> = {}): Progress {
  return {
    source: 'web',
    stream: 'a',
    name: '/a.log',
    kinds: ['access'],
    format: { name: 'common', text: '%h', why: 'as configured' },
    offset: 100,
    pending: 0,
    finished: false,
    counters: { read: 10, parsed: 9, rejected: 1, late: 0, bytes: 100 },
    rollup: [],
    lines: [],
    closed: -Infinity,
    latest: 5 * SECOND,
    ...more
  }
}

function liveAt(clock: () => number, linesFor = Infinity): Live {
  return new Live({
    linesFor,
    version: '1',
    sources: [
      {
        name: 'web',
        waitsFor: '/a.log',
        past: {
          counters: { read: 5, parsed: 5, rejected: 0, late: 0, bytes: 50 },
          latest: 4 * SECOND,
          kinds: ['access']
        }
      }
    ],
    window: 10 * SECOND,
    limit: 10,
    lateness: 60 * SECOND,
    clock
  })
}

describe('Rates', () => {
  it('count by second, the running one left out', () => {
    const rates = new Rates()
    rates.add(10_000, 4)
    rates.add(10_900, 2)
    rates.add(11_100, 8)
    expect(rates.history(11_500).slice(-2)).toEqual([0, 6])
    expect(rates.history(12_000).slice(-2)).toEqual([6, 8])
    expect(rates.perSecond(12_000, 2)).toBe(7)
  })

  it('forget what is older than five minutes, however long nothing came', () => {
    const rates = new Rates()
    rates.add(10_000, 4)
    expect(rates.history(10_000 + 299_000)[0]).toBe(4)
    expect(Math.max(...rates.history(10_000 + 400_000))).toBe(0)
    expect(Math.max(...rates.history(10_000 + 4_000_000))).toBe(0)
  })
})

describe('Windows', () => {
  it('close when each stream has passed them, oldest first', () => {
    const windows = new Windows(10, 100)
    windows.add([row(10, 1), row(0, 2), row(20, 4)])
    windows.passed('a', 25)
    windows.passed('b', 10)
    expect(windows.take().map(({ from }) => from)).toEqual([0])
    windows.passed('b', 20)
    expect(windows.take().map(({ from }) => from)).toEqual([10])
    windows.passed('b', Infinity)
    windows.passed('a', 30)
    expect(windows.take().map(({ from }) => from)).toEqual([20])
  })

  it('gather all deltas, bounded, and give late ones on their own', () => {
    const windows = new Windows(10, 1)
    windows.add([row(0, 1), row(0, 2)])
    windows.passed('a', 10)
    const [first] = windows.take()
    expect([...first!.rollup.values()].map(cell => totalOf(cell).count)).toEqual([3])
    windows.add([row(0, 5)])
    expect([...windows.take()[0]!.rollup.values()].map(cell => totalOf(cell).count)).toEqual([5])
    expect(windows.take()).toEqual([])
  })

  it('are all given at the end', () => {
    const windows = new Windows(10, 1)
    windows.add([row(0, 1), row(50, 1)])
    windows.passed('a', 0)
    expect(windows.take(true).map(({ from }) => from)).toEqual([0, 50])
  })

  it('give records that merge the sources', () => {
    const windows = new Windows(10 * SECOND, 10)
    windows.add([row(0, 1, 'a'), row(0, 2, 'b')])
    expect(windowRecord(windows.take(true)[0]!, 5)).toMatchObject({
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T00:00:10.000Z',
      metrics: { requests: { count: 3, top: [{ key: '', count: 3 }] } }
    })
  })
})

describe('Live', () => {
  it('adds to the counters of earlier runs and shows the state of each source', () => {
    let now = 1000
    const live = liveAt(() => now)
    const store = { rows: 0, bytes: 0 }
    expect(live.status(store).sources[0]).toMatchObject({
      state: 'waiting',
      counters: { read: 5 },
      kinds: ['access'],
      latest: 4000
    })
    live.apply(progress({ pending: 400 }))
    now += 1000
    const { counters, sources } = live.status(store)
    expect(counters).toEqual({ read: 15, parsed: 14, rejected: 1, late: 0, bytes: 150 })
    expect(sources[0]).toMatchObject({
      state: 'reading',
      rate: 2,
      lag: { bytes: 400, seconds: 20 },
      latest: 5000,
      kinds: ['access'],
      streams: [{ name: '/a.log', offset: 100, pending: 400 }]
    })
    live.apply(progress({ finished: true }))
    now += 10_000
    expect(live.status(store).sources[0]).toMatchObject({ state: 'waiting', streams: [] })
  })

  it('shows the newest lines no longer than wished', () => {
    let now = 0
    const live = liveAt(() => now, MINUTE_MS)
    const shown = (): string[] => live.status({ rows: 0, bytes: 0 }).lines.map(({ text }) => text)
    live.apply(progress({ lines: [{ kind: 'access', text: 'one' }] }))
    now += MINUTE_MS
    live.apply(progress({ lines: [{ kind: 'access', text: 'two' }] }))
    expect(shown()).toEqual(['one', 'two'])
    now += 1
    expect(shown()).toEqual(['two'])
    now += MINUTE_MS
    expect(shown()).toEqual([])
  })

  it('shows a problem while it lasts', () => {
    let now = 0
    const live = liveAt(() => now)
    live.problem({ source: 'web', name: '/a.log', message: 'permission denied' })
    expect(live.status({ rows: 0, bytes: 0 }).sources[0]).toMatchObject({
      state: 'problem',
      detail: '/a.log: permission denied'
    })
    now += 5000
    expect(live.status({ rows: 0, bytes: 0 }).sources[0]?.state).toBe('waiting')
  })

  it('tells what was lost for as long as that is reported, which is no problem in reading', () => {
    let now = 0
    const live = liveAt(() => now)
    live.problem({ source: 'web', name: '/a.log', message: '5 bytes are lost', past: true })
    const [source] = live.status({ rows: 0, bytes: 0 }).sources
    expect(source).toMatchObject({ state: 'waiting', losses: ['/a.log: 5 bytes are lost'] })
    now += 5000
    expect(live.status({ rows: 0, bytes: 0 }).sources[0]?.losses).toBeUndefined()
  })

  it('shows what a source listens on, and for how long the store has held it back', () => {
    let now = 10_000
    const live = liveAt(() => now)
    const store = { rows: 0, bytes: 0 }
    live.state({ source: 'web', text: 'listens at 127.0.0.1:514', heldSince: undefined })
    expect(live.status(store).sources[0]).toMatchObject({
      state: 'waiting',
      detail: 'listens at 127.0.0.1:514; waiting for new lines'
    })
    expect(live.status(store).sources[0]).not.toHaveProperty('held')
    live.state({ source: 'web', text: 'listens at 127.0.0.1:514', heldSince: 10_000 })
    now += 12_345
    expect(live.status(store).sources[0]).toMatchObject({
      state: 'waiting',
      held: 12_345,
      detail: 'waiting for the store, for 12 s'
    })
  })

  it('shows what waits of a source while nothing of it is read', () => {
    const live = liveAt(() => 10_000)
    const store = { rows: 0, bytes: 0 }
    const lag = () => live.status(store).sources[0]?.lag.bytes
    live.state({ source: 'web', text: undefined, heldSince: undefined, pending: 700 })
    expect(lag()).toBe(700)
    live.state({ source: 'web', text: undefined, heldSince: undefined, pending: 900 })
    expect(lag()).toBe(900)
    live.state({ source: 'web', text: undefined, heldSince: undefined })
    expect(lag()).toBe(0)
  })

  it('shows an engine that reports, and its last five minutes', () => {
    let now = 600_000
    const live = liveAt(() => now)
    const store = { rows: 0, bytes: 0 }
    expect(live.status(store)).not.toHaveProperty('engine')
    const engine: EngineStatus = { name: 'Spark', state: 'working', detail: '', lag: [] }
    const batch = { p50: 1, p99: 2, rowsPerSecond: 3, tasks: 4 }
    let called = 0
    live.subscribe(() => called++)
    live.engine({ ...engine, behind: { messages: 50 }, batch: { ...batch, last: 300 } })
    expect(called).toBe(1)
    now += 500
    live.engine({ ...engine, behind: { messages: 40 }, batch: { ...batch, last: 310 } })
    now += 2000
    live.engine({ ...engine, behind: { messages: 0 } })
    now += 1000
    const shown = live.status(store).engine
    expect(shown).toMatchObject({
      name: 'Spark',
      state: 'working',
      behind: { messages: 0 },
      history: { to: 603_000 }
    })
    expect(shown?.history.messages.slice(-4)).toEqual([null, 40, 40, 0])
    expect(shown?.history.batch.slice(-4)).toEqual([null, 310, 310, null])
    expect(shown?.history.bytes.every(value => value === null)).toBe(true)
    expect(shown?.history.messages).toHaveLength(299)
  })

  it('shows sources that wait for an engine that fails', () => {
    const live = liveAt(() => 0)
    const engine: EngineStatus = { name: 'Spark', state: 'failing', detail: '', lag: [] }
    const source = (): unknown => live.status({ rows: 0, bytes: 0 }).sources[0]
    live.apply(progress({ pending: 400 }))
    live.engine({ ...engine, failure: { message: 'no answer', since: 0, attempts: 1 } })
    expect(source()).toMatchObject({ state: 'waiting', detail: 'waiting for the engine, which fails' })
    live.problem({ source: 'web', name: '/a.log', message: 'permission denied' })
    expect(source()).toMatchObject({ state: 'problem', detail: '/a.log: permission denied' })
    live.apply(progress({ pending: 400 }))
    live.engine(engine)
    expect(source()).toMatchObject({ state: 'reading' })
  })

  it('knows nothing of the time in which an engine reported nothing', () => {
    let now = 600_000
    const live = liveAt(() => now)
    const report = (messages: number): void =>
      live.engine({ name: 'Spark', state: 'working', detail: '', lag: [], behind: { messages } })
    report(7)
    now += 8000
    report(5)
    now += 1000
    const unknown = (length: number): null[] => Array.from({ length }, () => null)
    const lag = (): unknown => live.status({ rows: 0, bytes: 0 }).engine?.history.messages
    expect(lag()).toEqual([...unknown(290), 7, 7, 7, 7, 7, 7, null, null, 5])
    now += 1_000_000
    expect(lag()).toEqual(unknown(299))
  })

  it('holds the newest lines, each with a number of its own', () => {
    const live = liveAt(() => 0)
    for (let i = 0; i < 40; i++)
      live.apply(
        progress({
          lines: [
            { kind: 'access', text: `${i}a`, time: i * SECOND },
            { kind: 'access', text: `${i}b`, rejected: 'why' }
          ]
        })
      )
    const { lines } = live.status({ rows: 0, bytes: 0 })
    expect(lines.length).toBe(50)
    expect(lines.at(-1)).toEqual({ id: 79, source: 'web', kind: 'access', text: '39b', rejected: 'why' })
    expect(lines.at(-2)).toMatchObject({ id: 78, time: 39_000 })
  })

  it('lets the clock close the windows of a silent stream', () => {
    let now = 0
    const live = liveAt(() => now)
    live.apply(progress({ rollup: [row(0, 1)], closed: 0 }))
    expect(live.closed()).toEqual([])
    now += MINUTE_MS
    expect(live.closed()).toEqual([])
    now += 11_000
    expect(live.closed().map(({ from }) => from)).toEqual([0])
  })

  it('calls its listeners until they leave', () => {
    const live = liveAt(() => 0)
    let called = 0
    const leave = live.subscribe(() => called++)
    live.apply(progress())
    leave()
    live.apply(progress())
    expect(called).toBe(1)
  })
})
