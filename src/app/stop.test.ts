import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clf } from '../../test/clf.ts'
import { portOf } from '../notifiers/testing/port.ts'
import { openOwnState } from '../state/index.ts'
import { configOf } from '../config/load.ts'
import { until } from '../sources/testing/client.ts'
import { startApp, type App } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-stop-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const lines = (count: number, status = 200): string =>
  Array.from(
    { length: count },
    (_, i) => `192.0.2.${i % 250} - - [${clf(new Date())}] "GET /${i} HTTP/1.1" ${status} 12\n`
  ).join('')

const mailTo = (port: number) => ({ type: 'email', to: 'a@example.org', host: '127.0.0.1', port })

function start(ops: object): Promise<App> {
  const settings = {
    sources: { web: { path: 'web.log', format: 'common' } },
    store: { path: 'data' },
    page: { port: 0 },
    receivers: { ops },
    alerts: { defaults: false, rules: { tea: { type: 'match', where: 'status:418' } } }
  }
  return startApp(configOf(settings, folder, {}), {
    store: true,
    clock: Date.now,
    stdout: process.stdout,
    tick: 20
  })
}

const readOf = (app: App): number => app.status().counters.read

it('a stop under load, with a mail server that says nothing and an open page, commits what was read and keeps what was not sent', async () => {
  const silent = new Set<Socket>()
  const mails = createServer(socket => silent.add(socket))
  await once(mails.listen(0, '127.0.0.1'), 'listening')
  const log = join(folder, 'web.log')
  writeFileSync(log, lines(1, 418) + lines(60_000))
  const app = await start(mailTo(portOf(mails)))
  const feed = await fetch(`${app.address}api/live`)
  await until(() => readOf(app) > 0 && silent.size > 0)
  let isOver = false
  let written = 60_001
  const writing = (async () => {
    while (!isOver) {
      appendFileSync(log, lines(500))
      written += 500
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })()
  const ready = async (): Promise<number | undefined> =>
    fetch(`${app.address}ready`).then(
      response => response.status,
      () => undefined
    )
  const stopping = app.stop()
  expect([503, undefined]).toContain(await ready())
  await stopping
  isOver = true
  await writing
  await feed.body?.cancel().catch(() => {})
  const read = readOf(app)
  expect(app.status().store.failure).toBeUndefined()
  const { state } = openOwnState(join(folder, 'data'), Date.now())
  expect(state.outbox().map(({ notification }) => notification.receiver)).toEqual(['ops'])
  state.close()
  const again = await start(mailTo(portOf(mails)))
  expect(readOf(again)).toBe(read)
  await until(() => readOf(again) === written && silent.size > 1)
  expect(again.status().counters).toMatchObject({ read: written, parsed: written })
  expect(again.alerts.state.transitions({ limit: 10 }).map(({ what }) => what)).toEqual(['fired'])
  await again.stop()
  for (const socket of silent) socket.destroy()
  mails.close()
})

it('the store is closed while a receiver is still waited for', async () => {
  const changes = join(folder, 'data', 'visor.duckdb.wal')
  const waiting: ServerResponse[] = []
  const server = createHttpServer((_, response) => waiting.push(response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  writeFileSync(join(folder, 'web.log'), lines(1, 418))
  const app = await start({ type: 'webhook', url: `http://127.0.0.1:${portOf(server)}/` })
  await until(() => waiting.length > 0 && existsSync(changes))
  const stopping = app.stop()
  await until(() => !existsSync(changes))
  for (const response of waiting) response.end()
  await stopping
  const { state } = openOwnState(join(folder, 'data'), Date.now())
  expect(state.outbox()).toEqual([])
  state.close()
  server.close()
})
