import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { configOf } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { VisorError } from '../core/errors.ts'
import { clf } from '../../test/clf.ts'
import { freePort } from '../../test/port.ts'
import { until } from '../sources/testing/client.ts'
import { startApp, type App } from './index.ts'

let folder: string
let app: App
let settings: { readonly sources: object; readonly [name: string]: unknown }
let port = 0

const at = (name: string): string => join(folder, name)
const load = (): Config => configOf(settings, folder, {})

/** A line of the access log with a number of its own. */
const line = (number: number, status = 200): string =>
  `192.0.2.1 - - [${clf(new Date())}] "GET /${number} HTTP/1.1" ${status} 12 "-" "test"\n`

const listens = (): boolean => app.status().sources.some(({ detail }) => detail.startsWith('listens'))

async function start(): Promise<void> {
  app = await startApp(load(), {
    store: true,
    clock: Date.now,
    stdout: process.stdout,
    reload: load,
    tick: 20
  })
  await until(listens)
}

/** A connection, as soon as somebody listens. */
async function dialled(): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const connected = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    if (connected) return socket
    await delay(20)
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-reload-'))
  for (const name of ['web.log', 'extra.log']) writeFileSync(at(name), '')
  port = await freePort()
  settings = {
    sources: {
      web: { path: 'web.log', format: 'combined' },
      net: { type: 'tcp', listen: `127.0.0.1:${port}`, format: 'combined' }
    },
    store: { path: 'data' },
    page: { port: 0 },
    receivers: { box: { type: 'mailbox' } },
    alerts: { defaults: false, rules: { tea: { type: 'match', where: 'status:418', keepFiringFor: '1h' } } }
  }
})

afterEach(async () => {
  await app.stop()
  rmSync(folder, { recursive: true })
})

/** Settings with others in their place. */
const having = (more: Record<string, unknown>): typeof settings => ({ ...settings, ...more })

const countersOf = (name: string): number | undefined =>
  app.status().sources.find(source => source.name === name)?.counters.read

describe('another configuration', () => {
  it('is taken again and again while lines come: each counts once, and alerts stay as they are', async () => {
    await start()
    const socket: Socket = connect(port, '127.0.0.1')
    appendFileSync(at('web.log'), line(0, 418))
    await until(() => app.alerts.alerting.alerts().length === 1)
    const [alert] = app.alerts.alerting.alerts()
    const written = { web: 1, net: 0, extra: 0 }
    let isOver = false
    const writing = (async () => {
      while (!isOver) {
        appendFileSync(at('web.log'), line(++written.web) + line(++written.web))
        appendFileSync(at('extra.log'), line(++written.extra))
        socket.write(line(++written.net))
        await delay(2)
      }
    })()
    const base = settings
    const { sources, alerts } = load()
    const more = { tea: { type: 'match', where: 'status:418', keepFiringFor: '1h' } }
    const turns = [
      { sources: { ...base.sources, extra: { path: 'extra.log', format: 'combined' } } },
      {
        alerts: {
          defaults: false,
          rules: {
            ...more,
            path: { type: 'count', where: 'path:/7*', by: 'client', over: 1e6, window: '1m' }
          }
        }
      },
      { receivers: { box: { type: 'mailbox' }, other: { type: 'mailbox', minSeverity: 'critical' } } },
      {
        sources: { ...base.sources, web: { path: 'web.log', format: ['combined', 'common'] } }
      },
      { reports: { pulse: { every: '1h' } } },
      {}
    ]
    for (let turn = 0; turn < 3 * turns.length; turn++) {
      settings = { ...base, ...turns[turn % turns.length] }
      const { changed } = await app.reload('a test')
      expect(changed.length).toBeGreaterThan(0)
      await delay(10)
    }
    settings = { ...base, ...turns[0] }
    await app.reload('a test')
    isOver = true
    await writing
    await until(
      () =>
        countersOf('web') === written.web &&
        countersOf('net') === written.net &&
        countersOf('extra') === written.extra
    )
    socket.destroy()
    expect(app.status().counters).toMatchObject({ rejected: 0, late: 0 })
    expect(app.alerts.alerting.alerts()).toEqual([
      expect.objectContaining({ id: alert?.id, phase: 'firing' })
    ])
    expect(app.alerts.state.transitions({ limit: 100 }).map(({ what }) => what)).toEqual(['fired'])
    expect(written.net).toBeGreaterThan(20)
    expect([Object.keys(sources), alerts.defaults]).toEqual([['web', 'net'], false])
  })

  it('has its new rules look back to what is stored', async () => {
    await start()
    appendFileSync(at('web.log'), Array.from({ length: 30 }, (_, i) => line(i, 404)).join(''))
    await until(() => countersOf('web') === 30)
    const rules = { lost: { type: 'count', where: 'status:404', by: 'client', over: 25, window: '5m' } }
    settings = having({ alerts: { defaults: false, rules } })
    await app.reload('a test')
    await until(() => app.alerts.alerting.alerts().some(({ rule }) => rule === 'lost'))
    appendFileSync(at('web.log'), line(31, 404))
    await until(() => app.alerts.alerting.alerts().some(({ evaluation }) => evaluation.value === 31))
  })

  it('opens the page elsewhere, and leaves it open where it stays', async () => {
    await start()
    const before = app.address
    settings = having({ receivers: { box: { type: 'mailbox', minSeverity: 'warning' } } })
    await app.reload('a test')
    expect(app.address).toBe(before)
    const other = await freePort()
    settings = having({ page: { port: other } })
    await app.reload('a test')
    expect(app.address).toBe(`http://127.0.0.1:${other}/`)
    expect((await fetch(`${app.address}ready`)).status).toBe(200)
    await expect(fetch(`${before}ready`)).rejects.toThrow()
  })

  it.each([
    ['a mistake', () => ({ alerts: { rules: { tea: { type: 'match', where: 'statsu:418' } } } }), /statsu/],
    ['a port that is taken', () => ({ page: { port } }), /in use/],
    [
      'a setting that needs a restart',
      () => ({ store: { path: 'data', retention: '9d' } }),
      /store\.retention/
    ],
    [
      'a receiver that can never work',
      () => ({ receivers: { ops: { type: 'email', account: 'none.json', to: 'a@b.c' } } }),
      /none\.json/
    ]
  ])('with %s is refused as a whole, and the one before goes on', async (_, wrong, message) => {
    await start()
    const [before, address] = [settings, app.address]
    const sources = { ...before.sources, extra: { path: 'extra.log' } }
    settings = { ...having(wrong()), sources }
    await expect(app.reload('a test')).rejects.toThrow(message)
    expect(app.status().problems?.join()).toMatch(message)
    expect(app.status().sources.map(({ name }) => name)).toEqual(['web', 'net'])
    expect(app.address).toBe(address)
    appendFileSync(at('web.log'), line(1, 418))
    await until(() => app.alerts.alerting.alerts().length === 1)
    expect(await (await fetch(`${address}metrics`)).text()).toContain('visor_config_last_reload_successful 0')
    settings = before
    expect(await app.reload('a test')).toEqual({ changed: [] })
    expect(app.status().problems).toEqual([])
    const reload = { what: 'reload configuration', from: 'a test' }
    expect(app.alerts.acts.list(2)).toMatchObject([
      { ...reload, result: 'done' },
      { ...reload, result: 'failed', why: expect.stringMatching(message) }
    ])
  })

  it('that cannot be kept at last is taken back: what was ended is read on, each line once', async () => {
    await start()
    appendFileSync(at('web.log'), line(1) + line(2))
    await until(() => countersOf('web') === 2)
    settings = having({
      sources: { web: { path: 'web.log', format: 'common' }, extra: { path: 'extra.log' } }
    })
    const spy = vi.spyOn(app.alerts.state, 'commit').mockImplementation(() => {
      throw new VisorError('STATE', 'no room')
    })
    await expect(app.reload('a test')).rejects.toThrow('no room')
    spy.mockRestore()
    expect(app.status().sources.map(({ name }) => name)).toEqual(['web', 'net'])
    appendFileSync(at('web.log'), line(3))
    const socket = await dialled()
    socket.end(line(1))
    await until(() => countersOf('web') === 3 && countersOf('net') === 1)
    socket.destroy()
    expect(app.status().counters).toMatchObject({ read: 4, parsed: 4 })
  })
})
