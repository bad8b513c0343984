import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SECOND_MS, type Millis } from '../src/core/time.ts'
import type { ReportDocument } from '../src/reports/block.ts'
import type { ReportsAnswer, RunStatus } from '../src/server/reports/types.ts'
import { openState } from '../src/state/index.ts'
import { MailServer } from '../src/state/testing/smtp.ts'
import { startVisor, visor } from './visor.ts'
import { eventually, startWatching, type Watching } from './watching.ts'

const EVERY = 5 * SECOND_MS
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

let folder: string
let config: string
let server: MailServer
let writing: NodeJS.Timeout | undefined
/** The second of each line that was written, and its vhost. */
const lines: { readonly at: Millis; readonly vhost: string }[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-reports-'))
  server = await new MailServer().start()
  lines.length = 0
})
afterEach(async () => {
  clearInterval(writing)
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function configured(reports: string): void {
  config = join(folder, 'visor.yaml')
  writeFileSync(join(folder, 'access.log'), '')
  writeFileSync(
    config,
    `sources: { web: { path: access.log, format: vhost_combined } }
store: { path: store }
page: { port: 0 }
window: 1s
lateness: 1s
reports: ${reports}
receivers:
  mail: { type: email, to: ops@example.org, host: 127.0.0.1, port: ${server.port} }
  shop: { type: email, to: shop@example.org, host: 127.0.0.1, port: ${server.port} }
`
  )
}

/** Writes a line of each vhost several times a second, with the time of that second. */
function startWriting(): void {
  writing = setInterval(() => {
    const now = new Date()
    const [, , , year] = [0, 0, 0, now.getUTCFullYear()]
    const text = `${String(now.getUTCDate()).padStart(2, '0')}/${MONTHS[now.getUTCMonth()]}/${year}:${now.toISOString().slice(11, 19)} +0000`
    for (const vhost of ['shop.example', 'www.example']) {
      lines.push({ at: Math.floor(now.getTime() / SECOND_MS) * SECOND_MS, vhost })
      appendFileSync(
        join(folder, 'access.log'),
        `${vhost}:80 192.0.2.1 - - [${text}] "GET /${vhost} HTTP/1.1" 200 10 "-" "test"\n`
      )
    }
  }, 150)
}

const start = (): Promise<Watching> => startWatching(['--config', config])

async function runsOf({ address }: Watching): Promise<readonly RunStatus[]> {
  const answer: ReportsAnswer = JSON.parse(await (await fetch(`${address}api/reports`)).text())
  return answer.runs
}

const sentOf = (runs: readonly RunStatus[]): RunStatus[] => runs.filter(({ state }) => state === 'sent')

/** What a report counted. */
function requestsOf(document: ReportDocument | undefined): unknown {
  const figures = document?.blocks.flatMap(block => (block.type === 'figures' ? block.figures : []))
  return figures?.find(({ label }) => label === 'Requests')?.value
}

function written(run: RunStatus): number {
  const { from = 0, to = 0 } = run.interval ?? {}
  return lines.filter(
    ({ at, vhost }) => at >= from && at < to && (run.part === undefined || vhost === run.part)
  ).length
}

/** On a machine that is so busy that lines were not read in time, a report says that it is incomplete. */
function expectCounted(run: RunStatus, document: ReportDocument | undefined): void {
  if (document?.facts.some(({ name }) => name === 'Incomplete')) return
  expect(requestsOf(document), run.id).toBe(written(run))
}

it('mails come with the numbers of their interval, each once, also through kill -9; dates in between are missed', async () => {
  configured('{ fast: { every: 5s, receivers: mail } }')
  startWriting()
  const first = await start()
  await eventually(
    () => runsOf(first),
    runs => sentOf(runs).length >= 2
  )
  await first.visor.stop('SIGKILL')
  const killed = Date.now()
  await eventually(
    async () => Date.now(),
    now => now > killed + 3 * EVERY
  )
  const second = await start()
  const restarted = Date.now()
  const runs = await eventually(
    () => runsOf(second),
    runs =>
      sentOf(runs).filter(({ due }) => due > restarted).length >= 2 &&
      runs.every(({ deliveries }) => deliveries.every(({ state }) => state === 'sent'))
  )
  clearInterval(writing)
  const page = await (await fetch(`${second.address}reports/${sentOf(runs)[0]?.id}`)).text()
  expect(page).toMatch(/^<!doctype html>/i)
  await second.visor.stop('SIGTERM')

  const state = openState(join(folder, 'store'))
  const all = sentOf(runs)
  for (const run of all) expectCounted(run, state.reportDocument(run.id))
  state.close()
  const missed = runs.filter(run => run.state === 'missed')
  expect(missed.map(({ why }) => why)).toContain('Visor did not run')
  // Each date was either done or missed, and none of them twice.
  const dates = all.map(({ due }) => due)
  for (const { missed: span } of missed)
    for (let at = span?.first ?? 0; at <= (span?.last ?? -1); at += EVERY) dates.push(at)
  dates.sort((a, b) => a - b)
  const newest = dates.at(-1) ?? 0
  expect(dates).toEqual(dates.map((_, i) => newest - (dates.length - 1 - i) * EVERY))
  const taken = server.copies.filter(copy => copy.taken && all.some(run => run.due <= newest) && copy.id)
  expect(new Set(taken.map(({ id }) => id)).size).toBeGreaterThanOrEqual(all.length)
  expect(taken.every(({ to }) => to.join() === 'ops@example.org')).toBe(true)
})

it('one schedule fans out: each vhost has its own report and receivers; others can be shown and sent at any time', async () => {
  configured(
    '{ each: { every: 5s, each: vhost, receivers: mail, for: { shop.example: { receivers: shop, zone: Asia/Tokyo } } } }'
  )
  startWriting()
  const watching = await start()
  const runs = await eventually(
    () => runsOf(watching),
    runs =>
      new Set(
        sentOf(runs)
          .filter(run => written(run) > 0 && run.deliveries.some(({ state }) => state === 'sent'))
          .map(({ part }) => part)
      ).size === 2
  )
  clearInterval(writing)
  const shown = await visor(['report', '--preview', 'each', '--part', 'shop.example', '--config', config])
  expect([shown.exit, shown.err]).toEqual([0, ''])
  const sent = await visor(['report', '--mail', 'each', '--config', config])
  expect([sent.exit, sent.err]).toEqual([0, ''])
  expect(sent.out).toMatch(/shop +sent/)
  await watching.visor.stop('SIGTERM')

  const state = openState(join(folder, 'store'))
  for (const run of sentOf(runs)) {
    const document = state.reportDocument(run.id)
    expect(document?.period?.zone).toBe(run.part === 'shop.example' ? 'Asia/Tokyo' : run.zone)
    if (written(run) > 0) expectCounted(run, document)
  }
  state.close()
  for (const { to } of server.copies) expect(to).toHaveLength(1)
  expect(new Set(server.copies.flatMap(({ to }) => to))).toEqual(
    new Set(['ops@example.org', 'shop@example.org'])
  )

  const schedule = await visor(['report', '--schedule', '--config', config])
  expect(schedule.out).toMatch(/^each: every 5s\n/)
  const dates = schedule.out.slice(schedule.out.indexOf('  next'), schedule.out.indexOf('  shop.example'))
  expect(dates.match(/^ +(next)? +\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d /gm)).toHaveLength(5)
  expect(schedule.out).toContain('shop (shop@example.org), in Asia/Tokyo')
  // Without a Visor that runs, of what the store has.
  const direct = await visor(['report', '--mail', 'each', '--config', config])
  expect([direct.exit, direct.err]).toEqual([0, ''])
})

it('visor report --last 24h asks the Visor that runs, and counts no heartbeats as requests', async () => {
  configured('{}')
  const now = new Date(Date.now() - 60 * SECOND_MS)
  const at = `${String(now.getUTCDate()).padStart(2, '0')}/${MONTHS[now.getUTCMonth()]}/${now.getUTCFullYear()}:${now.toISOString().slice(11, 19)} +0000`
  const asked = Array.from(
    { length: 60 },
    (_, i) =>
      `${i % 3 ? 'shop' : 'www'}.example:80 192.0.2.${i % 7} - - [${at}] "GET /${i} HTTP/1.1" ${i % 10 ? 200 : 500} 10 "-" "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"\n`
  )
  const beats = Array.from({ length: 30 }, () => `-:- - - - [${at}] "HEARTBEAT" - - "-" "-"\n`)
  writeFileSync(join(folder, 'access.log'), [...asked, ...beats].join(''))
  const watching = await start()
  await eventually(watching.status, ({ counters }) => counters.read === 90)
  const answer = await eventually(
    () => visor(['report', '--last', '24h', '--config', config, '-o', 'json']),
    ({ exit, out }) => exit !== 0 || JSON.parse(out).counted === 90
  )
  expect([answer.exit, answer.err]).toEqual([0, ''])
  const { metrics, vhosts, figures } = JSON.parse(answer.out)
  expect([metrics.requests.count, metrics.status.classes['5xx']]).toEqual([60, 6])
  expect(vhosts).toMatchObject([
    { name: 'shop.example', requests: 40, visitors: 7 },
    { name: 'www.example', requests: 20, visitors: 7 }
  ])
  expect(figures.find(({ label }: { label: string }) => label === 'Server errors').value).toBe(0.1)
  await watching.visor.stop('SIGTERM')
})

it('without a store are none, which is said', async () => {
  configured('{ pulse: { every: 5s }, daily: { cron: 0 7 * * * } }')
  const running = startVisor(['watch', '--config', config, '--no-store'])
  await running.until(/watching web/)
  expect((await running.stop('SIGTERM')).err).toContain(
    'visor: no reports are made without a store (pulse, daily)\n'
  )
})
