import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Status } from '../src/server/api-types.ts'
import type { AlertsAnswer } from '../src/server/alerts/types.ts'
import { mayMount, Tmpfs } from '../src/system/testing/tmpfs.ts'
import { clf, clfLines } from './clf.ts'
import { ownFolder } from './folder.ts'
import { startVisor, visor as runVisor } from './visor.ts'
import { eventually, metricOf, startWatching, type Watching } from './watching.ts'

/** Lines that need more than the disk has, each unlike all others. */
const LINES = 20_000

const lines = (): string =>
  Array.from(
    { length: LINES },
    (_, i) =>
      `192.0.2.${i % 200} - - [${clf(new Date())}] "GET /${Math.random()}/${Math.random()} HTTP/1.1" 200 ${i} "-" "agent ${Math.random()}"\n`
  ).join('')

/** Starts a Visor whose store is on the disk, with a log that needs more, and waits until the disk is full. */
async function untilFull(disk: Tmpfs, log: string): Promise<Watching> {
  const config = `${log}.yaml`
  writeFileSync(
    config,
    `sources: { web: { path: ${log} } }
page: { port: 0 }
store: { path: ${disk.path} }
alerts: { rules: { store-failing: { type: health, of: store, over: 0s, severity: critical, receivers: outside } } }
receivers: { outside: { type: console } }
`
  )
  writeFileSync(log, '')
  const watching = await startWatching(['--config', config, '--output', join(disk.path, 'results.jsonl')])
  appendFileSync(log, lines())
  await eventually(watching.status, ({ store }) => store.failure !== undefined)
  return watching
}

async function statusAt(address: string): Promise<Status> {
  return JSON.parse(await (await fetch(`${address}api/status`)).text())
}

/** Waits until a text is as wanted. */
async function until(text: () => string, wanted: (text: string) => boolean): Promise<void> {
  expect(await eventually(async () => text(), wanted)).toSatisfy(wanted)
}

describe.skipIf(!mayMount)('a disk that is full', { timeout: 120_000 }, () => {
  it('is named while it lasts; Visor goes on when there is room, with every line once', async () => {
    using disk = new Tmpfs('4m')
    const { visor, address, status, summary } = await untilFull(disk, join(ownFolder('full'), 'a.log'))
    const named = `the disk of ${disk.path} is full (mount point ${disk.path}: `
    const { store } = await eventually(status, ({ store }) => store.failure?.includes(named) ?? false)
    expect(store.failure).toContain(named)
    const told = 'visor: the store cannot be written, reading waits, nothing is lost: the disk of'
    await until(
      () => visor.err,
      err => err.includes(told)
    )
    // Alerts are on the same disk: they are evaluated, kept and sent all the same.
    await visor.until(/CRITICAL .*store-failing|CRITICAL .*could not be written for .*the disk of/)
    const alerts: AlertsAnswer = JSON.parse(await (await fetch(`${address}api/alerts`)).text())
    expect(alerts.firing.map(({ rule }) => rule)).toContain('store-failing')
    disk.resize('200m')
    const after = await eventually(
      status,
      ({ counters, store }) => counters.read === LINES && store.failure === undefined
    )
    expect([after.counters.read, after.store.failure]).toEqual([LINES, undefined])
    await eventually(summary, answer => metricOf(answer, 'requests').count === LINES)
    expect(metricOf(await summary(), 'requests').count).toBe(LINES)
    await until(
      () => visor.err,
      err => err.includes('the store is written again, after')
    )
    const { exit, err } = await visor.stop('SIGTERM')
    expect([exit, err.includes('results')]).toEqual([0, err.includes('results cannot be appended')])
    const results = readFileSync(join(disk.path, 'results.jsonl'), 'utf8').trimEnd().split('\n')
    expect(results.map(line => JSON.parse(line)).length).toBeGreaterThan(0)
  })

  it('behind standard output is no reason to stop counting, which is said', async () => {
    using disk = new Tmpfs('64k')
    const folder = ownFolder('full')
    const [log, store, output] = [join(folder, 'a.log'), join(folder, 'store'), join(disk.path, 'out')]
    writeFileSync(log, clfLines(10))
    const visor = startVisor(['watch', log, '--store', store, '--no-page'], { output })
    const counted = (read: number): RegExp => new RegExp(` ${read} read = ${read} parsed`)
    const printed = (): string => readFileSync(output, 'utf8')
    await until(printed, text => counted(10).test(text))
    const free = disk.fill()
    await until(
      () => visor.err,
      err => err.includes(`visor: standard output cannot be written, and misses what comes now: the disk of`)
    )
    appendFileSync(log, clfLines(20))
    const rows = async (): Promise<string> =>
      (await runVisor(['query', '--stats', 'count', '--csv', '--store', store])).out
    expect(await eventually(rows, out => out === 'count\r\n30\r\n')).toBe('count\r\n30\r\n')
    free()
    await until(printed, text => counted(30).test(text))
    expect(printed()).toMatch(/^(.*\n)+$/)
    expect((await visor.stop('SIGTERM')).exit).toBe(0)
  })

  it('lets a start wait for room, and leaves nothing that the next try takes for a damaged store', async () => {
    using disk = new Tmpfs('8m')
    const log = join(ownFolder('full'), 'a.log')
    writeFileSync(log, clfLines(100))
    const free = disk.fill()
    const visor = startVisor(['watch', log, '--store', join(disk.path, 'store'), '--port', '0'])
    await until(
      () => visor.err,
      err =>
        /^visor: the start waits for room, nothing is lost: .* the disk of .* is full \(mount point/.test(err)
    )
    free()
    const [, address = ''] = await visor.until(/live at (\S+)/)
    const { store } = await eventually(
      () => statusAt(address),
      ({ store }) => store.rows === 100
    )
    expect(store.rows).toBe(100)
    expect((await visor.stop('SIGTERM')).exit).toBe(0)

    const refill = disk.fill()
    const ended = startVisor(['watch', log, '--store', join(disk.path, 'other'), '--port', '0'])
    await until(
      () => ended.err,
      err => err.includes('waits for room')
    )
    expect(await ended.stop('SIGTERM')).toMatchObject({
      exit: 1,
      err: expect.stringMatching(/\nvisor: the store .* cannot be opened: the disk of .* is full/)
    })
    refill()
  })

  it('does not keep Visor from ending; the next one has every line once', async () => {
    using disk = new Tmpfs('4m')
    const log = join(ownFolder('full'), 'a.log')
    const full = await untilFull(disk, log)
    const { exit, err } = await full.visor.stop('SIGTERM')
    expect(exit).toBe(1)
    expect(err).toMatch(
      /ended without storing what was read last: the disk of .* is read by the next `visor watch`/
    )
    disk.resize('200m')
    const { visor, status, summary } = await startWatching([log, '--store', disk.path])
    await eventually(status, ({ counters }) => counters.read === LINES)
    await eventually(summary, answer => metricOf(answer, 'requests').count === LINES)
    expect(metricOf(await summary(), 'requests').count).toBe(LINES)
    expect((await visor.stop('SIGTERM')).exit).toBe(0)
  })
})
