import type { Rollup } from '../../src/core/rollup.ts'
import { toRows } from '../../src/core/rows.ts'
import type { Counters } from '../../src/core/source.ts'
import type { RecentLine, SourceStatus, Status, WatchedEngine } from '../../src/server/api-types.ts'
import { Acts } from '../../src/app/acts.ts'
import { openState } from '../../src/state/index.ts'
import { answersOf } from '../../src/store/index.ts'
import type { Dashboard } from '../../src/server/dashboard.ts'
import { frameOf } from '../../src/server/period.ts'
import { summarize } from '../../src/server/summary.ts'
import type { FakeAlertsService } from './fake-alerts.ts'
import { fakeStore, type FakeLine } from './fake-store.ts'
import {
  countErrorLine,
  countRequest,
  makeErrorLine,
  makeRequest,
  randomFrom,
  type Request
} from './traffic.ts'

/** A dashboard of made-up traffic, counted by the real rollups: the page's tests and its development run on it. */
export interface FakeDashboard extends Dashboard {
  /** Counts a request and shows it among the last lines. */
  request(request: Request): void
  /** Adds a line that follows no format. */
  reject(text: string, reason: string): void
  /** As many random requests as given, spread over the seconds before `now`. */
  traffic(requests: number, seconds: number): void
  /** The first source has been waiting for the store for so many milliseconds. */
  hold(ms: number): void
  /** So many bytes of a rotated file of the first source are lost. */
  lose(bytes: number): void
  /** The engine stands like this; it reports nothing before. */
  engine(status: WatchedEngine): void
  /** Tells the listeners. */
  changed(): void
  readonly acts: Acts
}

export interface FakeOptions {
  readonly clock: () => number
  readonly seed?: number
  readonly alerts?: FakeAlertsService
  /** The engine that keeps no lines, where there is one. */
  readonly countingEngine?: string
}

export function createFake({ clock, seed = 1, alerts, countingEngine }: FakeOptions): FakeDashboard {
  const random = randomFrom(seed)
  const rollup: Rollup = new Map()
  const access: Counters = { read: 0, parsed: 0, rejected: 0, late: 0, bytes: 0 }
  const errors: Counters = { ...access }
  const lines: RecentLine[] = []
  const stored: FakeLine[] = []
  const listeners = new Set<() => void>()
  const started = clock() - 86_400_000 * 3
  const rates = Array.from({ length: 300 }, (_, i) => Math.round(90 + 30 * Math.sin(i / 24) + 26 * random()))
  const rejected = rates.map(() => (random() < 0.01 ? 1 : 0))
  let id = 0
  let first = clock()
  let held = 0
  let lost = 0
  let engine: WatchedEngine | undefined

  const show = (line: Omit<RecentLine, 'id'>): void => {
    lines.push({ id: ++id, ...line })
    if (lines.length > 50) lines.shift()
  }

  const request = (made: Request): void => {
    countRequest(rollup, made)
    first = Math.min(first, made.time)
    const text = printed(made)
    take(access, 'parsed', text.length + 1)
    const origin = { source: 'shop', kind: 'access' } as const
    stored.push({ text, event: { ...made, ...origin, time: made.time * 1000, zone: 0 } })
    show({ time: made.time, ...origin, text, status: made.status })
  }

  const errorLine = (time: number): void => {
    const line = makeErrorLine(time, random)
    countErrorLine(rollup, line)
    const text = `[${new Date(time).toUTCString()}] [${line.module}:${line.level}] [pid 812] ${line.message}`
    take(errors, 'parsed', text.length + 1)
    const origin = { source: 'shop-errors', kind: 'error' } as const
    stored.push({ text, event: { ...line, ...origin, time: time * 1000, zone: 0 } })
    show({ time, ...origin, text, level: line.level })
  }

  const status = (): Status => ({
    now: clock(),
    version: '0.1.0',
    started,
    counters: sumCounters(access, errors),
    sources: [
      {
        ...accessSource(access, rates.at(-1) ?? 0, clock()),
        held,
        account: { unit: 'bytes', read: access.bytes, lost }
      },
      errorSource(errors, clock())
    ],
    rates: { to: clock(), read: rates, rejected },
    lines,
    store: { rows: access.parsed + errors.parsed, bytes: 14 * access.parsed, lastCommit: clock() - 240 },
    ...(engine && { engine }),
    ...(alerts && { alerts: alerts.status() })
  })

  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  alerts?.watch(changed)

  return {
    acts: new Acts(openState(undefined), clock),
    request,
    reject(text, reason) {
      take(access, 'rejected', text.length + 1)
      show({ source: 'shop', kind: 'access', text, rejected: reason })
    },
    traffic(requests, seconds) {
      const now = clock()
      for (let i = 0; i < requests; i++) {
        const age = seconds * 1000 * (1 - (i + 1) / requests) + random()
        const wave = 1 + 0.3 * Math.sin(age / 700_000)
        if (random() < wave / 1.3) request(makeRequest(now - age, random))
        if (random() < 0.012) errorLine(now - age)
      }
    },
    hold(ms) {
      held = ms
    },
    lose(bytes) {
      lost = bytes
    },
    engine(status) {
      engine = status
    },
    changed,
    status,
    async summary(period) {
      const frame = frameOf(period, clock(), { first, last: clock() })
      const rows = toRows(rollup).filter(
        row => row.window >= frame.from * 1000 && row.window < frame.to * 1000
      )
      return summarize(frame, { period: rows, timeline: rows })
    },
    async sources() {
      const name = '/var/log/apache2/access.log'
      const rotated = { unit: 'bytes', read: 5000, seen: 5000 + lost, waiting: 0, lost } as const
      const streams = [
        { name: `${name}.1`, finished: true, ...rotated, ...(lost > 0 && { why: 'no copy has them' }) },
        { name, finished: false, unit: 'bytes', read: access.bytes } as const
      ]
      return { sources: [{ name: 'shop', unit: 'bytes', read: access.bytes, lost, streams }] }
    },
    answers: answersOf(fakeStore(stored, countingEngine)),
    ...(alerts && { alerts }),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

function take(counters: Counters, kind: 'parsed' | 'rejected', bytes: number): void {
  counters.read++
  counters[kind]++
  counters.bytes += bytes
}

function printed({ client, time, method, path, status, bytes, referrer, agent }: Request): string {
  const stamp = new Date(time).toISOString()
  return `${client} - - [${stamp}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "${referrer}" "${agent}"`
}

function sumCounters(a: Counters, b: Counters): Counters {
  return {
    read: a.read + b.read,
    parsed: a.parsed + b.parsed,
    rejected: a.rejected + b.rejected,
    late: a.late + b.late,
    bytes: a.bytes + b.bytes
  }
}

function accessSource(counters: Counters, rate: number, now: number): SourceStatus {
  return {
    name: 'shop',
    kinds: ['access'],
    format: {
      name: 'combined',
      text: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
      why: 'all of the first 20 lines follow it'
    },
    state: 'reading',
    detail: '',
    rate,
    lag: { bytes: 0 },
    counters,
    latest: now - 120,
    streams: [{ name: '/var/log/apache2/access.log', offset: counters.bytes, pending: 0 }]
  }
}

function errorSource(counters: Counters, now: number): SourceStatus {
  return {
    name: 'shop-errors',
    kinds: ['error'],
    format: {
      name: 'error 2.4',
      text: '[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\\ %a] %M% ,\\ referer\\ %{Referer}i',
      why: 'all of the first 20 lines follow it'
    },
    state: 'waiting',
    detail: 'nothing new for 12 s',
    rate: 0,
    lag: { bytes: 0 },
    counters,
    latest: now - 12_000,
    streams: [{ name: '/var/log/apache2/error.log', offset: counters.bytes, pending: 0 }]
  }
}
