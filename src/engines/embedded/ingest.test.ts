import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../core/time.ts'
import type { Delivery, StreamPosition } from '../../core/delivery.ts'
import { addRows } from '../../core/rows.ts'
import { totalOf, type Rollup } from '../../core/rollup.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../../core/source.ts'
import { EVERYTHING, type Query } from '../../query/index.ts'
import { fileOptions } from '../../sources/file/options.ts'
import { ingest } from './ingest.ts'
import type { EnginePlan, EngineSource } from '../../counting/plan.ts'
import type { IngestReport } from './source-reader.ts'
import type { Signal } from '../../core/signal.ts'

let folder = ''
let log = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-ingest-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  log = join(folder, `${Math.random().toString(36).slice(2)}.log`)
  writeFileSync(log, '')
})

const line = (i: number, second = i): string =>
  `192.0.2.1 - - [01/Jan/2026:00:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "GET /${i} HTTP/1.1" 200 1\n`

/** A signal that counts all lines. */
const ALL: Signal<Query> = {
  name: 'all',
  where: EVERYTHING,
  by: [],
  step: SECOND,
  fine: HOUR,
  back: HOUR,
  limit: 1,
  lines: 0
}

/** One run of an ingest thread's work, with all that it reported and delivered. */
class Run {
  readonly deliveries: Delivery[] = []
  readonly reports: IngestReport[] = []
  readonly #stop = new AbortController()
  readonly #done: Promise<void>

  constructor(more: Partial<EngineSource> & { lateness?: number; aging?: boolean } = {}) {
    const { lateness = MINUTE, aging = false, ...rest } = more
    const options = { type: 'file', ...fileOptions.parse({ path: log, poll: '10ms' }) }
    const source = { name: 'web', options, known: [], ...rest }
    const plan: EnginePlan = {
      name: 'test',
      sources: [source],
      window: 10 * SECOND,
      lateness,
      aging,
      country: true,
      limit: 100,
      signals: [ALL]
    }
    const sink = { write: async (delivery: Delivery) => void this.deliveries.push(delivery) }
    const dependencies = { clock: Date.now, random: Math.random, fineClock: Date.now }
    this.#done = ingest(plan, sink, message => this.reports.push(message), dependencies, this.#stop.signal)
  }

  counters(): Counters {
    return this.deliveries.flatMap(({ counters }) => counters).reduce(addCounters, { ...NO_COUNTERS })
  }

  problems(): string[] {
    return this.reports.flatMap(message => (message.type === 'problem' ? [message.problem.message] : []))
  }

  /** Where a next run goes on. */
  known(): EngineSource['known'] {
    return this.last ? [{ id: this.last.stream, ...this.last }] : []
  }

  get last(): StreamPosition | undefined {
    return this.deliveries.at(-1)?.positions[0]
  }

  async until(wanted: () => boolean): Promise<this> {
    for (const end = Date.now() + 10_000; !wanted() && Date.now() < end;)
      await new Promise(done => setTimeout(done, 5))
    return this
  }

  async stop(): Promise<this> {
    this.#stop.abort()
    await this.#done
    return this
  }
}

describe('ingest', () => {
  it('delivers rows, counts and the position behind them; half a line waits', async () => {
    appendFileSync(log, line(1) + line(2) + 'broken\n' + line(3).slice(0, 40))
    const run = new Run()
    await run.until(() => run.counters().read === 3)
    expect(run.counters()).toMatchObject({ read: 3, parsed: 2, rejected: 1, late: 0 })
    expect(run.last?.position).toMatchObject({ offset: (line(1) + line(2)).length + 7 })
    appendFileSync(log, line(3).slice(40))
    await run.until(() => run.counters().read === 4)
    await run.stop()
    expect(run.counters().bytes).toBe((line(1) + line(2) + line(3)).length + 7)
    const rollup: Rollup = new Map()
    for (const { rollup: rows } of run.deliveries) addRows(rollup, rows)
    expect(totalOf([...rollup.values()].find(({ metric }) => metric === 'requests')!)).toEqual({
      count: 3,
      sum: 3
    })
    const rejected = run.deliveries.flatMap(delivery => delivery.rejected)
    expect(rejected.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()])).toEqual([
      [(line(1) + line(2)).length, 'broken']
    ])
    const times = run.deliveries.flatMap(({ events }) => events.flatMap(({ time }) => [...time]))
    expect(times).toEqual([1, 2, 3].map(second => (Date.UTC(2026, 0, 1) + second * 1000) * 1000))
  })

  it('reports what it read as it delivers it', async () => {
    appendFileSync(log, line(1) + 'broken\n')
    const run = new Run()
    await run.until(() => run.counters().read === 2)
    await run.stop()
    const steps = run.reports.flatMap(message => (message.type === 'progress' ? [message.progress] : []))
    expect(steps.flatMap(({ lines }) => lines)).toMatchObject([
      { text: line(1).trimEnd(), status: 200 },
      { text: 'broken', rejected: expect.stringContaining('column') }
    ])
    expect(steps[0]?.format).toMatchObject({ name: 'common', why: expect.stringContaining('common') })
    const { written = NaN, read = NaN, counted = NaN } = steps[0]?.signals ?? {}
    expect(written).toBeCloseTo(statSync(log).mtimeMs, 1)
    expect(counted).toBeGreaterThanOrEqual(read)
  })

  it('goes on where an earlier run was, with the format that it had found', async () => {
    appendFileSync(log, line(1))
    const first = new Run()
    await first.until(() => first.counters().read === 1)
    await first.stop()
    appendFileSync(log, 'broken\n'.repeat(3) + line(2))
    const second = new Run({ known: first.known() })
    await second.until(() => second.counters().read === 4)
    await second.stop()
    expect(second.counters()).toMatchObject({ read: 4, parsed: 1, rejected: 3 })
  })

  it('keeps the lines of two formats apart, joins what goes on, and takes the last line when nothing follows', async () => {
    const error = '[Thu Jan 01 00:00:02.000000 2026] [core:error] [pid 1] oops'
    const text = `${line(1)}AH00558: httpd: x\n${error}\n  at a\n${line(3)}${error}\n`
    appendFileSync(log, text)
    const run = new Run({ format: 'common\nerror24', zone: 'UTC' })
    await run.until(() => run.counters().read === 5)
    await run.stop()
    expect(run.counters()).toMatchObject({ read: 5, parsed: 5, rejected: 0, late: 0, bytes: text.length })
    const rows = run.deliveries.flatMap(({ events }) => events)
    const counted = (kind: string): number =>
      rows.filter(events => events.kind === kind).reduce((sum, { rows }) => sum + rows, 0)
    expect([counted('access'), counted('error')]).toEqual([2, 3])
    const details = rows.flatMap(({ texts }) => {
      const { bytes = new Uint8Array() } = texts.get('details') ?? {}
      return Buffer.from(bytes).toString()
    })
    expect(details.join('')).toBe('  at a')
    expect(run.last).toMatchObject({
      position: { offset: text.length },
      format: { text: expect.stringContaining('\n') }
    })
  })

  it('follows an extended log through another #Fields line, and over restarts', async () => {
    appendFileSync(log, '#Fields: date time c-ip\n2026-01-01 00:00:01 ::1\n')
    const first = new Run()
    await first.until(() => first.counters().read === 1)
    appendFileSync(log, '#Fields: c-ip date time sc-status\n::1 2026-01-01 00:00:02 404\n')
    await first.until(() => first.counters().read === 2)
    await first.stop()
    appendFileSync(log, '::2 2026-01-01 00:00:03 200\n')
    const second = new Run({ known: first.known() })
    await second.until(() => second.counters().read === 1)
    await second.stop()
    expect([first.counters(), second.counters()]).toMatchObject([
      { read: 2, parsed: 2 },
      { read: 1, parsed: 1 }
    ])
    const statuses = [...first.deliveries, ...second.deliveries].flatMap(({ events }) =>
      events.flatMap(({ numbers }) => [...(numbers.get('status') ?? [])])
    )
    expect(statuses).toEqual([404, 200])
  })

  it('rejects a line that is too long once, over restarts too', async () => {
    const long = 'x'.repeat(1_300_000)
    appendFileSync(log, line(1) + long)
    const first = new Run({ format: 'common' })
    await first.until(() => first.counters().read === 2)
    await first.stop()
    expect(first.counters()).toMatchObject({ read: 2, rejected: 1 })
    appendFileSync(log, `${long}\n${line(2)}`)
    const second = new Run({ format: 'common', known: first.known() })
    await second.until(() => second.counters().read === 1)
    await second.stop()
    expect(second.counters()).toMatchObject({ read: 1, parsed: 1, rejected: 0 })
    expect(first.counters().bytes + second.counters().bytes).toBe(
      (line(1) + line(2)).length + 2 * long.length + 1
    )
  })

  it('reads nothing away while no format fits, and reports so', async () => {
    appendFileSync(log, 'no log\nat all\n')
    const run = new Run()
    await run.until(() => run.problems().length > 0)
    expect(run.counters().read).toBe(0)
    appendFileSync(log, line(1).repeat(5))
    await run.until(() => run.counters().read === 7)
    await run.stop()
    expect(run.counters()).toMatchObject({ read: 7, parsed: 5, rejected: 2 })
  })

  it('counts late lines apart, and in their window all the same', async () => {
    appendFileSync(log, line(1, 5) + line(2, 100) + line(3, 6) + line(4, 95))
    const run = new Run({ lateness: 20e6 })
    await run.until(() => run.counters().read === 4)
    await run.stop()
    expect(run.counters()).toMatchObject({ read: 4, parsed: 3, late: 1 })
    const rollup: Rollup = new Map()
    for (const { rollup: rows } of run.deliveries) addRows(rollup, rows)
    const first = [...rollup.values()].find(
      cell => cell.metric === 'requests' && cell.window === Date.UTC(2026, 0, 1) * 1000
    )!
    expect(totalOf(first).count).toBe(2)
  })

  it('counts old lines in long windows where nobody waits for them', async () => {
    appendFileSync(log, line(1, 5) + line(2, 100) + line(3, 3000))
    const run = new Run({ aging: true })
    await run.until(() => run.counters().read === 3)
    await run.stop()
    const windows = (metric: string): number[] =>
      run.deliveries.flatMap(({ rollup }) =>
        rollup.filter(row => row.metric === metric).map(({ window }) => window)
      )
    // What is read over time keeps quarters of an hour, so that hours and days of any zone are made of them.
    expect(windows('requests')).toEqual([0, 45].map(minute => Date.UTC(2026, 0, 1, 0, minute) * 1000))
    expect(windows('client')).toEqual([Date.UTC(2026, 0, 1) * 1000])
    expect(
      run.reports.flatMap(message => (message.type === 'progress' ? message.progress.rollup : []))
    ).toEqual([])
  })
})
