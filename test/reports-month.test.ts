import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeReports, type MadeReport } from '../src/app/reports/make.ts'
import { storeReader } from '../src/app/reports/reader.ts'
import { schedulesOf, scheduleOf } from '../src/app/reports/schedules.ts'
import { configOf } from '../src/config/load.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '../src/core/time.ts'
import { formatFor } from '../src/formats/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { visor } from './visor.ts'
import { eventually, startWatching } from './watching.ts'

const START = Date.parse('2026-10-05T00:00:00Z')
const DAYS = 30
const SCENARIO = `
rate: 0.04
duration: ${DAYS}d
seed: 5
probes: 0
incidents:
  - { type: errors, at: 126h, for: 2h, share: 0.5, status: [500, 503] }
  - { type: silence, at: 300h, for: 5h }
  - { type: flood, at: 486h, for: 1h, factor: 20, clients: 50 }
`

const folder = mkdtempSync(join(tmpdir(), 'visor-month-'))
const path = (name: string): string => join(folder, name)
/** The time and status of each line that was made. */
let made: readonly { readonly at: Millis; readonly status: number }[] = []
let store: Store

const config = configOf(
  {
    sources: { web: { path: path('access.log'), format: 'combined' } },
    store: { path: path('store'), retention: '3650d' },
    page: { port: 0 },
    reports: {
      daily: { cron: '0 0 * * *', zone: 'UTC', period: 'day' },
      berlin: { cron: '0 7 * * *', zone: 'Europe/Berlin', period: 'day' },
      weekly: { cron: '0 7 * * 1', zone: 'UTC', period: 'week' },
      pulse: { every: '5m', zone: 'UTC' }
    }
  },
  folder,
  { HOME: folder }
)

beforeAll(async () => {
  writeFileSync(path('month.yaml'), SCENARIO)
  const from = ['--start', new Date(START).toISOString(), '--zone', 'UTC', '--speed', 'max', '-f', 'combined']
  const generated = await visor([
    'generate',
    path('month.yaml'),
    ...from,
    '-o',
    path('access.log'),
    '--truth',
    path('truth.json')
  ])
  expect(generated.exit, generated.err).toBe(0)
  made = readFileSync(path('access.log'), 'utf8').trimEnd().split('\n').map(lineOf)
  writeFileSync(
    path('visor.yaml'),
    `sources: { web: { path: access.log, format: combined } }\nstore: { path: store, retention: 3650d }\n`
  )
  const watching = await startWatching(['--config', path('visor.yaml')])
  const { counters } = await eventually(watching.status, ({ counters }) => counters.read === made.length)
  expect(counters.read).toBe(made.length)
  await watching.visor.stop('SIGTERM')
  store = await openStore(config.store.path, { formatFor, retention: config.store.retention })
}, 300_000)
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

/** Read without Visor: `[05/Oct/2026:00:00:19 +0000] "GET / HTTP/2.0" 200`. */
function lineOf(line: string): (typeof made)[number] {
  const { day, month, year, time, status } =
    /\[(?<day>\d\d)\/(?<month>\w+)\/(?<year>\d+):(?<time>[\d:]+) \+0000\] "[^"]*" (?<status>\d+)/.exec(line)
      ?.groups ?? {}
  return { at: Date.parse(`${day} ${month} ${year} ${time} UTC`), status: Number(status) }
}

async function reported(name: string, due: Millis): Promise<MadeReport> {
  const reader = storeReader(config, {
    store,
    lines: undefined,
    history: undefined,
    clock: () => START + DAYS * DAY_MS,
    page: () => undefined
  })
  const schedule = scheduleOf(schedulesOf(config), name)
  const occasion = { due, at: due, missed: [], unread: () => [] }
  const [report] = await makeReports(schedule, occasion, reader, new AbortController().signal)
  if (!report) throw new Error('no report')
  return report
}

/** What a report counted, beside what was made in its interval. */
function counts({ run, document }: MadeReport): { told: unknown[]; true: unknown[] } {
  const figures = document?.blocks.flatMap(block => (block.type === 'figures' ? block.figures : [])) ?? []
  const { from = 0, to = 0 } = run.interval ?? {}
  const within = made.filter(({ at }) => at >= from && at < to)
  const requests = figures.find(({ label }) => label === 'Requests')?.value
  const errors = figures.find(({ label }) => label === 'Server errors')?.value
  const failed = within.filter(({ status }) => status >= 500).length
  return {
    told: [requests, typeof errors === 'number' && errors < 1 ? Math.round(errors * within.length) : errors],
    true: [within.length, failed]
  }
}

it('each day is told as it was, and the days of incidents as what they were', async () => {
  const days = Array.from({ length: DAYS }, (_, i) => START + (i + 1) * DAY_MS)
  const quiet: number[] = []
  for (const [i, due] of days.entries()) {
    const report = await reported('daily', due)
    const { told, true: right } = counts(report)
    expect(told, `day ${i}`).toEqual(right)
    if (report.run.tone === 'success') quiet.push(i)
    else if (i === 0) expect(report.document?.verdict.sentence).toMatch(/not watched/i)
    else if (i === 5)
      expect(report.document?.verdict.sentence).toMatch(
        /5xx .* from (2026-10-10 )?06:00 to (2026-10-10 )?08:00/
      )
  }
  // Nothing was known before the first day; day 5 has the errors, 12 the silence, 20 the flood.
  const calm = days.map((_, i) => i).filter(i => ![0, 5, 12, 20].includes(i))
  expect(calm.filter(i => !quiet.includes(i))).toEqual([])
  expect([0, 5].filter(i => quiet.includes(i))).toEqual([])
}, 300_000)

it('days of a zone, weeks and five minutes are exact', async () => {
  for (const day of [6, 12, 20, 21]) {
    const { told, true: right } = counts(await reported('berlin', START + day * DAY_MS + 7 * HOUR_MS))
    expect(told, `berlin ${day}`).toEqual(right)
  }
  for (const week of [1, 2, 3, 4]) {
    const { told, true: right } = counts(await reported('weekly', START + week * 7 * DAY_MS + 7 * HOUR_MS))
    expect(told, `week ${week}`).toEqual(right)
  }
  for (const minute of [126 * 60 + 10, 126 * 60 + 100, 486 * 60 + 30, 600 * 60]) {
    const { told, true: right } = counts(await reported('pulse', START + minute * MINUTE_MS))
    expect(told, `minute ${minute}`).toEqual(right)
  }
}, 300_000)
